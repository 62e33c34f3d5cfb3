//! From text to a compiled expression: location paths and their steps (XPath 1.0 §2).

use jabber_xml::ns;

use super::XPath;
use super::ast::{Axis, End, Path, Predicate, Step, Test};
use super::error::{XPathError, XPathFault};
use super::lexer::Lexer;
use super::namespaces::Namespaces;

type Result<T> = std::result::Result<T, XPathError>;

const AXES: &str = "the axes are child, descendant, attribute and self";
const TESTS: &str = "there are names, *, prefix:*, text() and node()";
const FUNCTIONS: &str = "there are text(), node(), and not() in brackets";

/// The path, and how many steps there are in all.
pub(super) fn parse(text: &str, prefixes: &Namespaces) -> Result<(Path, usize)> {
    let mut parser = Parser { lexer: Lexer::new(text), prefixes, steps: 0, depth: 0 };
    if text.len() > XPath::MAX_BYTES {
        return Err(XPathError::new(XPathFault::TooLong, 1));
    }
    let path = parser.path()?;
    parser.ends()?;
    Ok((path, parser.steps))
}

pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    prefixes: &'a Namespaces,
    steps: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn path(&mut self) -> Result<Path> {
        let mut path = Path { absolute: false, steps: Vec::new(), end: End::Any };
        self.is_path()?;
        if self.lexer.take("//") {
            path.absolute = true;
            self.deep(&mut path)?;
        } else if self.lexer.take("/") {
            path.absolute = true;
            // `/` alone is the root node.
            if !self.sees_step() {
                return Ok(path);
            }
        }
        loop {
            let step = self.step()?;
            push(&mut path, step);
            if self.lexer.take("//") {
                self.deep(&mut path)?;
            } else if !self.lexer.take("/") {
                break;
            }
        }
        // `.` leads nowhere; alone it is the path.
        let idle = path.steps.iter().filter(|step| step.is_idle()).count();
        if idle < path.steps.len() {
            path.steps.retain(|step| !step.is_idle());
        } else {
            path.steps.truncate(1);
        }
        Ok(path)
    }

    /// XPath 1.0 §2.5: `//` is `/descendant-or-self::node()/`.
    fn deep(&mut self, path: &mut Path) -> Result<()> {
        let number = self.next_step()?;
        let axis = Axis::DescendantOrSelf;
        path.steps.push(Step { number, axis, test: Test::Node, predicates: Vec::new() });
        Ok(())
    }

    /// What may stand where a path begins, and is none of those understood here.
    fn is_path(&mut self) -> Result<()> {
        let rest = self.lexer.rest();
        let what = match rest.chars().next() {
            None | Some(']' | ')') => {
                return Err(self.lexer.error(XPathFault::Missing("a location path")));
            }
            Some('(') => "a path in parentheses",
            Some('$') => "a variable",
            Some('\'' | '"') => "a text by itself",
            Some('0'..='9' | '-') => "a number by itself",
            _ if self.lexer.sees_fraction() => "a number by itself",
            _ => return Ok(()),
        };
        Err(self.unsupported(what, "write a location path, such as /message/body"))
    }

    fn sees_step(&mut self) -> bool {
        let starts = |c: char| matches!(c, '.' | '@' | '*' | '_') || c.is_alphabetic();
        self.lexer.rest().starts_with(starts)
    }

    fn step(&mut self) -> Result<Step> {
        let number = self.next_step()?;
        if self.lexer.sees("..") {
            return Err(self.unsupported("the parent, '..',", AXES));
        }
        if self.lexer.take(".") {
            if self.lexer.sees("[") {
                let instead = "write self::node()[…]";
                return Err(self.unsupported("a predicate behind '.'", instead));
            }
            let (axis, test) = (Axis::Itself, Test::Node);
            return Ok(Step { number, axis, test, predicates: Vec::new() });
        }
        let axis = self.axis()?;
        let test = self.test(axis)?;
        let mut predicates = Vec::new();
        while self.lexer.take("[") {
            predicates.push(self.predicate()?);
        }
        Ok(Step { number, axis, test, predicates })
    }

    fn axis(&mut self) -> Result<Axis> {
        if self.lexer.take("@") {
            return Ok(Axis::Attribute);
        }
        if !self.lexer.behind_name().starts_with("::") {
            return Ok(Axis::Child);
        }
        let axis = match self.lexer.name() {
            "child" => Axis::Child,
            "descendant" => Axis::Descendant,
            "attribute" => Axis::Attribute,
            "self" => Axis::Itself,
            "descendant-or-self" => {
                let what = "the axis 'descendant-or-self' by name";
                return Err(self.unsupported(what, "write //"));
            }
            other => return Err(self.unsupported(&format!("the axis '{other}'"), AXES)),
        };
        self.lexer.take_name("an axis")?;
        self.lexer.take("::");
        Ok(axis)
    }

    fn test(&mut self, axis: Axis) -> Result<Test> {
        if self.lexer.take("*") {
            return Ok(Test::Any);
        }
        if self.lexer.behind_name().starts_with('(') {
            return self.node_type();
        }
        let place = self.lexer.place();
        let name = self.lexer.take_name("a name, *, text() or node()")?;
        // XPath 1.0 §3.7: a name with its prefix is one token, without white space.
        if !self.lexer.take_close(":") {
            let uri = if axis == Axis::Attribute { "" } else { ns::CLIENT };
            return Ok(Test::Name(name.into(), uri.into()));
        }
        let uri = self.prefixes.find(name).map(Box::from);
        let undeclared = || self.lexer.error_at(XPathFault::Prefix(name.into()), place);
        let uri = uri.ok_or_else(undeclared)?;
        if self.lexer.take_close("*") {
            return Ok(Test::Namespace(uri));
        }
        let missing = "a name behind the prefix";
        if self.lexer.sees_space() {
            return Err(self.lexer.error(XPathFault::Missing(missing)));
        }
        let name = self.lexer.take_name(missing)?;
        Ok(Test::Name(name.into(), uri))
    }

    fn node_type(&mut self) -> Result<Test> {
        let test = match self.lexer.name() {
            "text" => Test::Text,
            "node" => Test::Node,
            // No stream has any (RFC 6120 §11.1).
            other @ ("comment" | "processing-instruction") => {
                return Err(self.unsupported(&format!("the test '{other}()'"), TESTS));
            }
            "" => return Err(self.lexer.error(XPathFault::Missing("a name, *, text() or node()"))),
            other => {
                let instead = match other {
                    "position" | "last" => "a position is written as a number, [2]",
                    "not" => "it stands in brackets, message[not(error)]",
                    _ => FUNCTIONS,
                };
                return Err(self.unsupported(&format!("the function '{other}()' here"), instead));
            }
        };
        self.lexer.take_name("a name")?;
        self.lexer.take("(");
        if !self.lexer.take(")") {
            return Err(self.lexer.error(XPathFault::Missing("')'")));
        }
        Ok(test)
    }

    fn predicate(&mut self) -> Result<Predicate> {
        let predicate = self.nested(|this| {
            if this.lexer.sees_fraction() {
                return Err(this.unsupported("a fraction", "a position is a whole number, [2]"));
            }
            match this.lexer.take_number() {
                Some(_) if !this.lexer.sees("]") && !this.lexer.rest().is_empty() => {
                    let what = "an expression with a number";
                    Err(this.unsupported(what, "a position stands alone in its brackets, [2]"))
                }
                Some(number) => Ok(Predicate::Position(number)),
                None => Ok(Predicate::Holds(this.expr()?)),
            }
        })?;
        if self.lexer.take("]") {
            return Ok(predicate);
        }
        Err(self.unexpected(XPathFault::Missing("']'")))
    }

    /// One level deeper.
    pub(super) fn nested<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > XPath::MAX_DEPTH {
            return Err(self.lexer.error(XPathFault::TooDeep));
        }
        let result = inside(self);
        self.depth -= 1;
        result
    }

    fn next_step(&mut self) -> Result<usize> {
        let number = self.steps;
        self.steps += 1;
        if self.steps > XPath::MAX_STEPS {
            return Err(self.lexer.error(XPathFault::TooManySteps));
        }
        Ok(number)
    }

    fn ends(&mut self) -> Result<()> {
        if self.lexer.rest().is_empty() {
            return Ok(());
        }
        if self.lexer.sees("=") || self.lexer.sees("!=") {
            let what = "a comparison outside of brackets";
            return Err(self.unsupported(what, "write path[. = 'text']"));
        }
        Err(self.unexpected(XPathFault::Unexpected))
    }

    /// Something stands where a path or a condition has ended: an operator that XPath has, or
    /// nothing known, which is this fault.
    pub(super) fn unexpected(&mut self, fault: XPathFault) -> XPathError {
        let rest = self.lexer.rest();
        if self.lexer.sees("|") {
            let instead = "write *[self::a or self::b], or take two filters";
            return self.unsupported("the union, '|',", instead);
        }
        let operators = ["<=", ">=", "<", ">", "+", "-", "*"];
        let operator = operators.into_iter().find(|operator| rest.starts_with(operator));
        let word = Some(self.lexer.name()).filter(|name| matches!(*name, "div" | "mod"));
        if let Some(operator) = operator.or(word) {
            let instead = "paths are compared with texts by = and !=";
            return self.unsupported(&format!("the operator '{operator}'"), instead);
        }
        if matches!(self.lexer.name(), "and" | "or") {
            let what = format!("'{}' outside of brackets", self.lexer.name());
            return self.unsupported(&what, "write *[a and b]");
        }
        self.lexer.error(fault)
    }

    pub(super) fn unsupported(&mut self, what: &str, instead: &'static str) -> XPathError {
        self.lexer.error(XPathFault::Unsupported { what: what.into(), instead })
    }
}

/// Adds a step. `//a` is `/descendant::a`, unless positions are counted within each parent.
fn push(path: &mut Path, mut step: Step) {
    if let Some(last) = path.steps.last()
        && last.axis == Axis::DescendantOrSelf
        && step.axis == Axis::Child
        && !step.is_positional()
    {
        step.axis = Axis::Descendant;
        path.steps.pop();
    }
    path.steps.push(step);
}
