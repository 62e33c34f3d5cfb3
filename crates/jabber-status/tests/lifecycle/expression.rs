//! Regular expressions over kinds, followed symbol by symbol (Brzozowski's derivatives).
//!
//! Only what cannot match is [`NEVER`], so an expression that is not `NEVER` has a match. Equal
//! expressions are one and the same number, which makes following them fast.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use jabber_status::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Expression(usize);

pub(crate) const NEVER: Expression = Expression(0);
pub(crate) const EMPTY: Expression = Expression(1);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Never,
    Empty,
    One(Kind),
    Either(BTreeSet<Expression>),
    Then(Expression, Expression),
    Many(Expression),
    /// Both, in any interleaving.
    Mixed(Expression, Expression),
}

struct Store {
    nodes: Vec<Node>,
    numbers: HashMap<Node, Expression>,
    followed: HashMap<(Expression, Kind), Expression>,
}

thread_local! {
    static STORE: RefCell<Store> = RefCell::new(Store {
        nodes: vec![Node::Never, Node::Empty],
        numbers: HashMap::new(),
        followed: HashMap::new(),
    });
}

fn store(node: Node) -> Expression {
    STORE.with_borrow_mut(|store| {
        let next = Expression(store.nodes.len());
        let number = *store.numbers.entry(node.clone()).or_insert(next);
        if number == next {
            store.nodes.push(node);
        }
        number
    })
}

pub(crate) fn one(kind: impl Into<Kind>) -> Expression {
    store(Node::One(kind.into()))
}

pub(crate) fn either(all: impl IntoIterator<Item = Expression>) -> Expression {
    let mut set = BTreeSet::new();
    for one in all {
        match one.node() {
            Node::Never => {}
            Node::Either(inner) => set.extend(inner),
            _ => {
                set.insert(one);
            }
        }
    }
    match set.len() {
        0 => NEVER,
        1 => set.pop_first().unwrap(),
        _ => store(Node::Either(set)),
    }
}

pub(crate) fn then(first: Expression, second: Expression) -> Expression {
    match (first, second) {
        (NEVER, _) | (_, NEVER) => NEVER,
        (EMPTY, other) | (other, EMPTY) => other,
        _ => match first.node() {
            // Right-leaning, so that equal ones look equal.
            Node::Then(a, b) => then(a, then(b, second)),
            _ => store(Node::Then(first, second)),
        },
    }
}

pub(crate) fn sequence(all: impl IntoIterator<Item = Expression>) -> Expression {
    all.into_iter().fold(EMPTY, then)
}

pub(crate) fn many(inner: Expression) -> Expression {
    store(Node::Many(inner))
}

pub(crate) fn optional(inner: Expression) -> Expression {
    either([EMPTY, inner])
}

pub(crate) fn mixed(first: Expression, second: Expression) -> Expression {
    match (first, second) {
        (NEVER, _) | (_, NEVER) => NEVER,
        (EMPTY, other) | (other, EMPTY) => other,
        (a, b) => store(Node::Mixed(a, b)),
    }
}

impl Expression {
    fn node(self) -> Node {
        STORE.with_borrow(|store| store.nodes[self.0].clone())
    }

    /// Whether nothing at all is a match.
    pub(crate) fn may_end(self) -> bool {
        match self.node() {
            Node::Never | Node::One(_) => false,
            Node::Empty | Node::Many(_) => true,
            Node::Either(all) => all.into_iter().any(Self::may_end),
            Node::Then(a, b) | Node::Mixed(a, b) => a.may_end() && b.may_end(),
        }
    }

    /// What must follow after `kind`; [`NEVER`] if `kind` must not come.
    pub(crate) fn after(self, kind: Kind) -> Self {
        if let Some(known) = STORE.with_borrow(|store| store.followed.get(&(self, kind)).copied()) {
            return known;
        }
        let left = self.follow(kind);
        STORE.with_borrow_mut(|store| store.followed.insert((self, kind), left));
        left
    }

    fn follow(self, kind: Kind) -> Self {
        match self.node() {
            Node::Never | Node::Empty => NEVER,
            Node::One(one) => {
                if one == kind {
                    EMPTY
                } else {
                    NEVER
                }
            }
            Node::Either(all) => either(all.into_iter().map(|one| one.after(kind))),
            Node::Then(a, b) => {
                let second = if a.may_end() { b.after(kind) } else { NEVER };
                either([then(a.after(kind), b), second])
            }
            Node::Many(inner) => then(inner.after(kind), self),
            Node::Mixed(a, b) => either([mixed(a.after(kind), b), mixed(a, b.after(kind))]),
        }
    }
}
