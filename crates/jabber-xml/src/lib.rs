//! XML framing for Jabber streams: bytes to stream items, elements, limits
