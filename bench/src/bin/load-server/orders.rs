//! What a message tells the server to do.

use std::sync::Arc;

use jabber_bench::stanzas::Kind;

/// An order, in a message's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// `cmd:source:KIND:N;`: send so many of that kind.
    Source(Kind, usize),
    /// `cmd:sink:N;`: count so many, then say `done`.
    Sink(usize),
    /// `cmd:echo;`: send every message back from now on.
    Echo,
}

impl Order {
    pub(crate) fn read(body: &str) -> Option<Self> {
        let order = body.strip_prefix("cmd:")?.strip_suffix(';')?;
        let mut parts = order.split(':');
        let read = match parts.next()? {
            "source" => Self::Source(Kind::named(parts.next()?)?, parts.next()?.parse().ok()?),
            "sink" => Self::Sink(parts.next()?.parse().ok()?),
            "echo" => Self::Echo,
            _ => return None,
        };
        parts.next().is_none().then_some(read)
    }
}

/// So many stanzas, taken from a block that is rendered once.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    block: Arc<[u8]>,
    /// Where each stanza of the block ends.
    ends: Arc<[usize]>,
    left: usize,
}

/// About how long a block is: what one system call takes.
const BLOCK: usize = 128 << 10;

impl Source {
    pub(crate) fn new(kind: Kind, to: &str, left: usize) -> Self {
        let stanzas = kind.stanzas(to);
        let (mut block, mut ends) = (Vec::new(), Vec::new());
        while block.len() < BLOCK || ends.len() % stanzas.len() != 0 {
            block.extend_from_slice(stanzas[ends.len() % stanzas.len()].as_bytes());
            ends.push(block.len());
        }
        Self { block: block.into(), ends: ends.into(), left }
    }

    /// The next bytes, some whole stanzas; none at the end.
    pub(crate) fn take(&mut self) -> Option<&[u8]> {
        let count = self.left.min(self.ends.len());
        self.left -= count;
        let end = *self.ends.get(count.checked_sub(1)?)?;
        self.block.get(..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_to_the_end() {
        assert_eq!(Order::read("cmd:source:event:12;"), Some(Order::Source(Kind::Event, 12)));
        assert_eq!(Order::read("cmd:sink:7;"), Some(Order::Sink(7)));
        assert_eq!(Order::read("cmd:echo;"), Some(Order::Echo));
        for none in ["hello", "cmd:sink:7", "cmd:sink:x;", "cmd:sink:7:8;", "cmd:source:small;"] {
            assert_eq!(Order::read(none), None, "{none}");
        }
    }

    #[test]
    fn a_source_says_as_many_as_it_was_told() {
        let mut source = Source::new(Kind::Mixed, "x", 5001);
        let mut said = 0;
        while let Some(bytes) = source.take() {
            said += bytes.windows(9).filter(|it| *it == b"</message").count();
        }
        assert_eq!(said, 5001);
    }
}
