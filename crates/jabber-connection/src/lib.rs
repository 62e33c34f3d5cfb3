//! One connection's whole protocol state, without I/O
