//! What stands in brackets (XPath 1.0 §2.4, §3.4).

use super::ast::{End, Expr};
use super::error::{XPathError, XPathFault};
use super::parser::Parser;

type Result<T> = std::result::Result<T, XPathError>;

/// The end of a path that is compared with this text.
type Compare = fn(Box<str>) -> End;

const COMPARED: &str = "a path is compared with a text in quotes";

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Result<Expr> {
        let first = self.and_expr()?;
        self.chain(first, "or", Self::and_expr, Expr::AnyOf)
    }

    fn and_expr(&mut self) -> Result<Expr> {
        let first = self.primary()?;
        self.chain(first, "and", Self::primary, Expr::All)
    }

    fn chain(
        &mut self,
        first: Expr,
        word: &str,
        next: fn(&mut Self) -> Result<Expr>,
        join: fn(Vec<Expr>) -> Expr,
    ) -> Result<Expr> {
        if !self.lexer.take_word(word) {
            return Ok(first);
        }
        let mut all = vec![first, next(self)?];
        while self.lexer.take_word(word) {
            all.push(next(self)?);
        }
        Ok(join(all))
    }

    fn primary(&mut self) -> Result<Expr> {
        if self.lexer.name() == "not" && self.lexer.behind_name().starts_with('(') {
            self.lexer.take_name("not")?;
            self.lexer.take("(");
            return Ok(Expr::Not(Box::new(self.enclosed()?)));
        }
        if self.lexer.take("(") {
            let inside = self.enclosed()?;
            if ["/", "[", "=", "!="].into_iter().any(|token| self.lexer.sees(token)) {
                let instead = "parentheses stand around what is true or false";
                return Err(self.unsupported("a path in parentheses", instead));
            }
            return Ok(inside);
        }
        let place = self.lexer.place();
        if let Some(text) = self.lexer.take_text()? {
            return self.text_first(text, place);
        }
        let mut path = self.path()?;
        if let Some(end) = self.comparison()? {
            let Some(text) = self.lexer.take_text()? else {
                return Err(self.unsupported("a comparison with anything but a text", COMPARED));
            };
            path.end = end(text.into());
        }
        Ok(Expr::Path(path))
    }

    /// `'text' = path`
    fn text_first(&mut self, text: &str, place: usize) -> Result<Expr> {
        let Some(end) = self.comparison()? else {
            let what = "a text by itself".into();
            let fault = XPathFault::Unsupported { what, instead: COMPARED };
            return Err(self.lexer.error_at(fault, place));
        };
        let mut path = self.path()?;
        path.end = end(text.into());
        Ok(Expr::Path(path))
    }

    fn comparison(&mut self) -> Result<Option<Compare>> {
        if self.lexer.take("!=") {
            return Ok(Some(End::Different));
        }
        Ok(self.lexer.take("=").then_some(End::Equal))
    }

    /// What stands between parentheses, the closing one included.
    fn enclosed(&mut self) -> Result<Expr> {
        let inside = self.nested(Self::expr)?;
        if self.lexer.take(")") {
            return Ok(inside);
        }
        Err(self.unexpected(XPathFault::Missing("')'")))
    }
}
