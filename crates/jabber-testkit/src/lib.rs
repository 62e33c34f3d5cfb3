//! Transcripts, the grammar check and other tools for testing dialects and clients
