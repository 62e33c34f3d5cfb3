//! What a transcript's server can only say when it has heard us.

use std::sync::{Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_sasl::{
    Mechanism,
    server::{ScramKeys, ScramServer},
};
use jabber_xml::{Element, ns};

use crate::{escape::unescape, fixed::channel_binding};

const ID: &str = "{id}";
const CHALLENGE: &str = "{scram-challenge}";
const SUCCESS: &str = "{scram-success}";

/// The password that the server knows.
const PASSWORD: &str = "secret";
/// The fewest that clients take (RFC 7677 §4).
const ITERATIONS: u32 = 4096;

/// The server's memory.
#[derive(Default)]
pub(crate) struct Server {
    id: String,
    /// The SASL element that came last.
    sasl: Option<Element>,
    login: Option<ScramServer>,
}

impl Server {
    /// It has received this.
    pub(crate) fn received(&mut self, element: &Element) {
        if let Some(id) = element.attribute("id") {
            self.id = id.into_owned();
        }
        if element.namespace() == ns::SASL {
            self.sasl = Some(element.clone());
        }
    }

    /// What it sends, for a line of a transcript.
    ///
    /// # Errors
    /// When we have not sent what it answers, or it refuses that.
    pub(crate) fn says(&mut self, line: &str) -> Result<Vec<u8>, String> {
        let mut line = line.replace(ID, &self.id);
        if line.contains(CHALLENGE) {
            line = line.replace(CHALLENGE, &self.challenge()?);
        }
        if line.contains(SUCCESS) {
            line = line.replace(SUCCESS, &self.success()?);
        }
        unescape(&line)
    }

    fn challenge(&mut self) -> Result<String, String> {
        let auth = self.sasl.as_ref().ok_or("we have sent no SASL element")?;
        let name = auth.attribute("mechanism").unwrap_or_default();
        let mechanism = name.parse::<Mechanism>().map_err(|error| error.to_string())?;
        let login = ScramServer::with_keys(mechanism, "server", keys(mechanism)?);
        let mut login =
            login.map_err(|error| error.to_string())?.with_channel_binding(channel_binding());
        let (_, challenge) = login.first(&data(auth)?).map_err(|error| error.to_string())?;
        self.login = Some(login);
        Ok(STANDARD.encode(challenge))
    }

    fn success(&mut self) -> Result<String, String> {
        let login = self.login.take().ok_or("there was no {scram-challenge}")?;
        let response = self.sasl.as_ref().ok_or("we have sent no SASL element")?;
        let success = login.finish(&data(response)?).map_err(|error| error.to_string())?;
        Ok(STANDARD.encode(success))
    }
}

fn data(element: &Element) -> Result<Vec<u8>, String> {
    STANDARD.decode(element.text().as_bytes()).map_err(|error| error.to_string())
}

/// They are derived once: a transcript is played as often as it has bytes.
fn keys(mechanism: Mechanism) -> Result<ScramKeys, String> {
    static KNOWN: Mutex<Vec<(Mechanism, ScramKeys)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, keys)) = known.iter().find(|(of, _)| *of == mechanism) {
        return Ok(keys.clone());
    }
    let keys = ScramKeys::derive(mechanism, &PASSWORD.into(), b"transcript", ITERATIONS);
    let keys = keys.map_err(|error| error.to_string())?;
    known.push((mechanism, keys.clone()));
    Ok(keys)
}
