//! Namespaces, by name.

use std::collections::BTreeSet;

use jabber_xml::{Fault, ns};

use super::bounds::{NAMESPACES, PREFIXES};
use super::names::parts;
use super::tree::Attribute;

/// What is declared at a place.
#[derive(Clone, Debug)]
pub(super) struct Spaces {
    /// Prefixes, none for the default, and what they are declared for; the innermost stands last.
    declared: Vec<(Option<String>, String)>,
    /// How many of them the header declared.
    inherited: usize,
    /// Every namespace that was met.
    known: BTreeSet<String>,
}

impl Spaces {
    /// Outside of every element.
    pub(super) fn outside() -> Self {
        let known = ["", ns::CLIENT, ns::XML, ns::XMLNS].map(str::to_owned);
        Self { declared: Vec::new(), inherited: 0, known: BTreeSet::from(known) }
    }

    /// What was declared is the header's: it holds for all stanzas.
    pub(super) fn of_header(mut self) -> Self {
        self.inherited = self.declared.len();
        self
    }

    pub(super) fn mark(&self) -> usize {
        self.declared.len()
    }

    /// An element ends: what was declared behind the mark is declared no longer.
    pub(super) fn back_to(&mut self, mark: usize) {
        self.declared.truncate(mark);
    }

    /// Takes in an attribute if it is a declaration; whether it is one (NS §3 \[1] to \[3]).
    pub(super) fn declare(&mut self, name: &str, value: &str) -> Result<bool, Fault> {
        let prefix = match parts(name) {
            (None, "xmlns") => None,
            (Some("xmlns"), prefix) => Some(prefix),
            _ => return Ok(false),
        };
        let uri = content(value);
        if !self.known.contains(uri) && self.known.len() >= NAMESPACES {
            return Err(Fault::TooManyNamespaces);
        }
        self.known.insert(uri.to_owned());
        match (prefix, uri) {
            // NS §3: `xml` may be declared for what it means anyway.
            (Some("xml"), ns::XML) => return Ok(true),
            // NS §3: no other prefix for it, nor the default; `xmlns` is not to be declared.
            (Some("xml" | "xmlns"), _) | (_, ns::XML | ns::XMLNS) => {
                return Err(Fault::Declaration);
            }
            // NS §5: a prefix cannot be undeclared, nor declared for nothing.
            (Some(_), "") => return Err(Fault::Declaration),
            _ => {}
        }
        let prefixes = self.declared[self.inherited..].iter().filter(|(p, _)| p.is_some()).count();
        if prefix.is_some() && prefixes >= PREFIXES {
            return Err(Fault::TooManyNamespaces);
        }
        self.declared.push((prefix.map(str::to_owned), uri.to_owned()));
        Ok(true)
    }

    /// The expanded name of an element (NS §6.2: without prefix, in the default namespace).
    pub(super) fn of_element(&self, name: &str) -> Result<(String, String), Fault> {
        let (prefix, local) = parts(name);
        let uri = match prefix {
            None => self.find(None).unwrap_or_default(),
            Some(prefix) => self.find(Some(prefix)).ok_or(Fault::UndeclaredPrefix)?,
        };
        Ok((uri, local.to_owned()))
    }

    /// An attribute with its expanded name (NS §6.2: without prefix, in no namespace).
    pub(super) fn of_attribute(&self, name: &str, value: &str) -> Result<Attribute, Fault> {
        let (prefix, local) = parts(name);
        let namespace = match prefix {
            None => String::new(),
            Some(prefix) => self.find(Some(prefix)).ok_or(Fault::UndeclaredPrefix)?,
        };
        Ok(Attribute { namespace, name: local.to_owned(), value: value.to_owned() })
    }

    /// NS §6.1: the declaration that is nearest.
    fn find(&self, prefix: Option<&str>) -> Option<String> {
        if prefix == Some("xml") {
            return Some(ns::XML.to_owned());
        }
        let is = |(declared, _): &&(Option<String>, String)| declared.as_deref() == prefix;
        self.declared.iter().rev().find(is).map(|(_, uri)| uri.clone())
    }
}

/// The content namespaces are one here (RFC 6120 §4.8.2, XEP-0114 §3), for attributes too.
fn content(uri: &str) -> &str {
    if ns::is_content(uri) { ns::CLIENT } else { uri }
}
