use sasl::client::{Mechanism as _, mechanisms::Anonymous};

use super::external::Public;
use crate::Mechanism;

/// ANONYMOUS (RFC 4505), by the `sasl` crate: without trace information, so its message is empty.
pub(crate) fn start() -> Public {
    Public::new(Mechanism::Anonymous, Anonymous::new().initial())
}
