//! States as people know them.

use std::fmt;

/// What is awaited, behind what was sent. It stands for all states that differ in what only the
/// machine knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Node {
    pub(crate) awaiting: String,
    /// The element that was sent last on this stream.
    pub(crate) sent: String,
    pub(crate) encrypted: bool,
    pub(crate) authenticated: bool,
}

impl Node {
    pub(crate) fn named(awaiting: &str) -> Self {
        let (awaiting, sent) = (awaiting.to_owned(), String::new());
        Self { awaiting, sent, encrypted: false, authenticated: false }
    }

    /// Its name, with what tells it from others of the same name.
    pub(crate) fn among(&self, nodes: &[Self]) -> String {
        let namesakes = || nodes.iter().filter(|node| node.awaiting == self.awaiting);
        let mut label = self.awaiting.clone();
        if !self.sent.is_empty() && namesakes().any(|node| node.sent != self.sent) {
            label += &format!(" behind {}", self.sent);
        }
        if self.encrypted && namesakes().any(|node| !node.encrypted) {
            label += ", encrypted";
        }
        if self.authenticated && namesakes().any(|node| !node.authenticated) {
            label += ", logged in";
        }
        label
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.awaiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_tells_what_tells_it_apart() {
        let header = Node::named("the header");
        let safe = Node { encrypted: true, ..header.clone() };
        let later = Node { authenticated: true, sent: "iq".into(), ..safe.clone() };
        let alone = Node { sent: "iq".into(), encrypted: true, ..Node::named("the bind") };
        let all = [header, safe, later, alone];
        let labels = all.each_ref().map(|node| node.among(&all));
        assert_eq!(
            labels,
            [
                "the header",
                "the header, encrypted",
                "the header behind iq, encrypted, logged in",
                "the bind"
            ]
        );
    }
}
