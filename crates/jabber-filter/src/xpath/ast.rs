//! A compiled expression.

/// A location path, perhaps compared with a text.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// Whether it starts at the document, not at the context node.
    pub(crate) absolute: bool,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

/// What a node at the end of a path must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Anything.
    Any,
    /// Of this string-value.
    Equal(Box<str>),
    /// Of another string-value.
    Different(Box<str>),
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its number within the expression.
    pub(crate) number: usize,
    pub(crate) axis: Axis,
    pub(crate) test: Test,
    pub(crate) predicates: Vec<Predicate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    Child,
    Descendant,
    /// What `//` stands for; it has no name of its own here.
    DescendantOrSelf,
    Attribute,
    Itself,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// `node()`
    Node,
    /// `text()`
    Text,
    /// `*`
    Any,
    /// `prefix:*`
    Namespace(Box<str>),
    /// A name and its namespace.
    Name(Box<str>, Box<str>),
}

#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    /// `[n]`
    Position(u64),
    Holds(Expr),
}

/// What is true or false of a node, by itself: positions stand alone in their brackets.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    All(Vec<Expr>),
    AnyOf(Vec<Expr>),
    Not(Box<Expr>),
    Path(Path),
}

impl Axis {
    pub(crate) const fn is_deep(self) -> bool {
        matches!(self, Self::Descendant | Self::DescendantOrSelf)
    }
}

impl Step {
    pub(crate) fn is_positional(&self) -> bool {
        self.predicates.iter().any(|predicate| matches!(predicate, Predicate::Position(_)))
    }

    /// Whether it is `.`
    pub(crate) fn is_idle(&self) -> bool {
        self.axis == Axis::Itself && self.test == Test::Node && self.predicates.is_empty()
    }
}

/// What decides whether a node can be met more than once.
#[derive(Clone, Copy, Debug, Default)]
struct Depths {
    deep: usize,
    /// Paths within brackets that start at the document.
    absolute: usize,
}

impl Path {
    /// Whether the same step may be asked of the same node twice, so that answers are worth keeping:
    /// two steps go down any depth, or one starts at the document again.
    ///
    /// Otherwise the nodes of a step lie beside each other, never one within another, and so does
    /// all that is reached from them.
    pub(crate) fn repeats(&self) -> bool {
        let mut depths = Depths::default();
        depths.add(self);
        depths.deep > 1 || depths.absolute > 0
    }
}

impl Depths {
    fn add(&mut self, path: &Path) {
        for step in &path.steps {
            self.deep += usize::from(step.axis.is_deep());
            for predicate in &step.predicates {
                if let Predicate::Holds(expr) = predicate {
                    self.add_expr(expr);
                }
            }
        }
    }

    fn add_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::All(all) | Expr::AnyOf(all) => all.iter().for_each(|one| self.add_expr(one)),
            Expr::Not(one) => self.add_expr(one),
            Expr::Path(path) => {
                self.absolute += usize::from(path.absolute);
                self.add(path);
            }
        }
    }
}
