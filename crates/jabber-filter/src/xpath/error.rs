use core::fmt;

/// An expression was refused: what is wrong with it, and where.
///
/// # Examples
///
/// ```
/// use jabber_filter::{XPath, XPathFault};
///
/// let error = "message/parent::*".parse::<XPath>().unwrap_err();
/// assert_eq!(error.column(), 9);
/// assert!(matches!(error.fault(), XPathFault::Unsupported { .. }));
/// assert_eq!(
///     error.to_string(),
///     "column 9: the axis 'parent' is not supported; the axes are child, descendant, attribute and self",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XPathError {
    fault: XPathFault,
    column: usize,
}

/// What can be wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XPathFault {
    /// Something else must stand here.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The path has ended, and something stands behind it.
    #[error("the path has ended before this")]
    Unexpected,
    /// What should be a name is none (Namespaces in XML 1.0 §4).
    #[error("'{0}' is not a name")]
    Name(Box<str>),
    /// A text has a quote at its beginning only.
    #[error("the quote that ends this text is missing")]
    Quote,
    /// No namespace was given for a prefix.
    #[error("the prefix '{0}' is not declared; give its namespace")]
    Prefix(Box<str>),
    /// XPath 1.0 has it; what is understood here has not.
    #[error("{what} is not supported; {instead}")]
    Unsupported {
        /// What it is.
        what: Box<str>,
        /// What there is.
        instead: &'static str,
    },
    /// The expression is longer than [`XPath::MAX_BYTES`](crate::XPath::MAX_BYTES).
    #[error("the expression is longer than {} bytes", crate::XPath::MAX_BYTES)]
    TooLong,
    /// More steps than [`XPath::MAX_STEPS`](crate::XPath::MAX_STEPS), those in brackets included.
    #[error("the expression has more than {} steps", crate::XPath::MAX_STEPS)]
    TooManySteps,
    /// Brackets, parentheses and `not()` nest deeper than
    /// [`XPath::MAX_DEPTH`](crate::XPath::MAX_DEPTH).
    #[error("brackets and parentheses nest deeper than {}", crate::XPath::MAX_DEPTH)]
    TooDeep,
}

impl XPathError {
    pub(crate) const fn new(fault: XPathFault, column: usize) -> Self {
        Self { fault, column }
    }

    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> &XPathFault {
        &self.fault
    }

    /// The character it is wrong at, counted from 1.
    #[must_use]
    pub const fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for XPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.fault)
    }
}

impl core::error::Error for XPathError {}
