use std::fmt;

use crate::{Element, ElementRef, Node, escape, write};

/// How far is indented: depth is the peer's choice, and many lines deep down would be mostly spaces.
const DEEPEST: usize = 32;

/// Indents elements that hold elements alone.
pub(crate) struct Pretty<'a>(pub(crate) &'a Element);

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read again from the form that stands alone: every declaration is in its place.
        let element = write::detach(self.0.root());
        let root = element.root();
        let mut open: Vec<(std::vec::IntoIter<ElementRef<'_>>, ElementRef<'_>)> = Vec::new();
        tag(root, f)?;
        if let Some(children) = inside(root, f)? {
            open.push((children, root));
        }
        while let Some((children, element)) = open.last_mut() {
            let element = *element;
            let next = children.next();
            if next.is_none() {
                open.pop();
            }
            write!(f, "\n{:width$}", "", width = 2 * open.len().min(DEEPEST))?;
            match next {
                None => write!(f, "</{}>", element.qualified())?,
                Some(child) => {
                    tag(child, f)?;
                    if let Some(children) = inside(child, f)? {
                        open.push((children, child));
                    }
                }
            }
        }
        Ok(())
    }
}

/// The start tag up to its `>`, as it stands in the bytes.
fn tag(element: ElementRef<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<{}", element.qualified())?;
    for &entry in element.tag() {
        f.write_str(" ")?;
        f.write_str(element.attribute_name(entry))?;
        let mut value = String::new();
        let _ = escape::push_value(&mut value, &element.value(entry));
        write!(f, "='{value}'")?;
    }
    Ok(())
}

/// Ends the start tag; gives the children if they are to stand on lines of their own.
fn inside<'a>(
    element: ElementRef<'a>,
    f: &mut fmt::Formatter<'_>,
) -> Result<Option<std::vec::IntoIter<ElementRef<'a>>>, fmt::Error> {
    let mut children = Vec::new();
    let mut empty = true;
    let mut text = false;
    for node in element.nodes() {
        empty = false;
        match node {
            Node::Element(child) => children.push(child),
            Node::Text(run) => text |= !run.trim().is_empty(),
        }
    }
    if empty {
        f.write_str("/>")?;
    } else if text || children.is_empty() {
        // White space would change what it says.
        let raw = element.as_str();
        let end = element.tag().last().map_or_else(
            || element.entry().start + 1 + element.entry().name_len() as u32,
            |last| last.end + 1,
        );
        let offset = (end - element.entry().start) as usize;
        f.write_str(raw.get(offset..).unwrap_or_default())?;
    } else {
        f.write_str(">")?;
        return Ok(Some(children.into_iter()));
    }
    Ok(None)
}
