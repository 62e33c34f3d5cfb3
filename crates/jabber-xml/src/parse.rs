use std::str::FromStr;

use bytes::BytesMut;
use quick_xml::events::Event;

use crate::{Element, Fault, XmlError, scanner};

impl FromStr for Element {
    type Err = XmlError;

    /// Reads one element that a person wrote, in the content namespace by default. White space may
    /// stand around it; the XML declaration, comments, processing instructions and a DTD may not.
    ///
    /// # Errors
    ///
    /// Says what is wrong, at which line and column, and what to do.
    fn from_str(text: &str) -> Result<Self, XmlError> {
        let element = scanner::document(BytesMut::from(text)).map_err(|e| e.located(text))?;
        confirm(text)?;
        Ok(element)
    }
}

/// A second opinion: two readers that err in the same place are less likely than one.
fn confirm(text: &str) -> Result<(), XmlError> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_comments = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => {
                return Err(XmlError::new(Fault::Tag, reader.error_position()).located(text));
            }
        }
    }
}
