//! TCP and TLS (rustls) transport
