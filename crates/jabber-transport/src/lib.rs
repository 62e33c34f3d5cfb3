//! The contract that a transport fulfils: a byte pipe and TLS on request
