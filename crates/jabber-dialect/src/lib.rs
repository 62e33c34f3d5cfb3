//! The contract that a protocol dialect fulfils: inputs, actions, the session's codec
