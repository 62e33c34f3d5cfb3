//! What an expression needs of a stanza, so that it can be found by it.

use super::ast::{Axis, End, Expr, Path, Predicate, Step, Test};

/// What must hold of every stanza in which the expression selects something. There may be more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) namespace: Option<&'a str>,
    /// Attributes of the stanza, without namespace.
    pub(crate) from: Option<&'a str>,
    pub(crate) to: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    /// A child, by name and namespace.
    pub(crate) child: Option<(&'a str, &'a str)>,
}

impl<'a> Needs<'a> {
    pub(super) fn of(path: &'a Path) -> Self {
        let mut needs = Self::default();
        match path.steps.as_slice() {
            [root, rest @ ..] if is_root(path, root) => {
                needs.add_test(&root.test);
                for predicate in &root.predicates {
                    if let Predicate::Holds(expr) = predicate {
                        needs.add_expr(expr);
                    }
                }
                needs.add_child(rest);
            }
            steps if !path.absolute => needs.add_child(steps),
            _ => {}
        }
        needs
    }

    fn add_test(&mut self, test: &'a Test) {
        match test {
            Test::Name(name, uri) => {
                self.name.get_or_insert(name);
                self.namespace.get_or_insert(uri);
            }
            Test::Namespace(uri) => {
                self.namespace.get_or_insert(uri);
            }
            Test::Node | Test::Text | Test::Any => {}
        }
    }

    /// What holds of the stanza itself.
    fn add_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::All(all) => all.iter().for_each(|one| self.add_expr(one)),
            Expr::Path(path) if !path.absolute => {
                if let ([step], End::Equal(value)) = (path.steps.as_slice(), &path.end) {
                    self.add_attribute(step, value);
                }
                self.add_child(&path.steps);
            }
            Expr::AnyOf(_) | Expr::Not(_) | Expr::Path(_) => {}
        }
    }

    fn add_attribute(&mut self, step: &'a Step, value: &'a str) {
        let Test::Name(name, uri) = &step.test else { return };
        if step.axis != Axis::Attribute || !uri.is_empty() {
            return;
        }
        let place = match &**name {
            "from" => &mut self.from,
            "to" => &mut self.to,
            "id" => &mut self.id,
            "type" => &mut self.kind,
            _ => return,
        };
        place.get_or_insert(value);
    }

    fn add_child(&mut self, steps: &'a [Step]) {
        if let [Step { axis: Axis::Child, test: Test::Name(name, uri), .. }, ..] = steps {
            self.child.get_or_insert((name, uri));
        }
    }
}

/// Whether the first step of a path can only be the stanza.
fn is_root(path: &Path, step: &Step) -> bool {
    step.axis == if path.absolute { Axis::Child } else { Axis::Itself }
}
