//! What a transcript's server can only say when it has heard us.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_sasl::{Mechanism, server::ScramServer};
use jabber_security::Secret;
use jabber_xml::{Element, ns};

use crate::{digest, escape::unescape, fixed::channel_binding, keys::scram_keys};

const HEADER: &str = "<stream:stream ";
const ID: &str = "{id}";
const CHALLENGE: &str = "{scram-challenge}";
const SUCCESS: &str = "{scram-success}";
const DIGEST: &str = "{digest-success}";

/// The password that a transcript's server knows.
const PASSWORD: &str = "secret";

/// The server's memory.
pub(crate) struct Server {
    password: Secret,
    /// What it cannot say in earnest it makes up.
    improvises: bool,
    id: String,
    /// It has opened its stream, in answer to ours.
    opened: bool,
    /// The SASL element that came last.
    sasl: Option<Element>,
    login: Option<ScramServer>,
    /// It has said what proves that it knows the password, in the login that was begun last.
    proved: bool,
    /// It had done so when the login succeeded.
    proved_in_time: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self::knowing(PASSWORD)
    }
}

impl Server {
    pub(crate) fn knowing(password: &str) -> Self {
        Self {
            password: password.into(),
            improvises: false,
            id: String::new(),
            opened: false,
            sasl: None,
            login: None,
            proved: false,
            proved_in_time: false,
        }
    }

    /// Where it cannot say something in earnest, it says something that looks like it.
    pub(crate) fn improvising(self) -> Self {
        Self { improvises: true, ..self }
    }

    /// It has received this.
    pub(crate) fn received(&mut self, element: &Element) {
        if let Some(id) = element.attribute("id") {
            self.id = id.into_owned();
        }
        if element.namespace() == ns::SASL {
            self.proved &= element.name() != "auth";
            self.sasl = Some(element.clone());
        }
    }

    /// We take it that the login has succeeded.
    pub(crate) fn authenticated(&mut self) {
        self.proved_in_time = self.proved;
    }

    /// It had said what proves that it knows the password when we took the login for a success.
    pub(crate) const fn has_proved(&self) -> bool {
        self.proved_in_time
    }

    /// The SASL element that came last.
    pub(crate) const fn sasl(&self) -> Option<&Element> {
        self.sasl.as_ref()
    }

    /// The `id` that came last.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// It has opened its stream, in answer to ours.
    pub(crate) const fn has_opened(&self) -> bool {
        self.opened
    }

    /// What decides on what it says in a login, apart from the texts.
    pub(crate) fn login(&self) -> String {
        let sasl = self.sasl.as_ref().map_or("nothing", |element| element.name());
        format!("{sasl} {} {}", self.login.is_some(), self.proved)
    }

    /// We have opened a stream: what was before it counts no more.
    pub(crate) fn reopened(&mut self) {
        self.opened = false;
        self.proved = false;
        self.sasl = None;
        self.login = None;
    }

    /// What it sends, for a line of a transcript.
    ///
    /// # Errors
    /// When we have not sent what it answers, or it refuses that.
    pub(crate) fn says(&mut self, line: &str) -> Result<Vec<u8>, String> {
        let mut line = line.replace(ID, &self.id);
        type Said = fn(&mut Server) -> Result<String, String>;
        let earnest: [(&str, Said, &str); 3] = [
            (CHALLENGE, Self::challenge, "r=nobody,s=c2FsdA==,i=4096"),
            (SUCCESS, Self::success, "v=bm9ib2R5"),
            (DIGEST, Self::digest, "rspauth=00000000000000000000000000000000"),
        ];
        for (placeholder, said, made_up) in earnest {
            if line.contains(placeholder) {
                line = line.replace(
                    placeholder,
                    &match said(self) {
                        Err(_) if self.improvises => STANDARD.encode(made_up),
                        said => said?,
                    },
                );
            }
        }
        self.opened |= line.contains(HEADER);
        unescape(&line)
    }

    fn challenge(&mut self) -> Result<String, String> {
        let auth = self.sasl.as_ref().ok_or("we have sent no SASL element")?;
        let name = auth.attribute("mechanism").unwrap_or_default();
        let mechanism = name.parse::<Mechanism>().map_err(|error| error.to_string())?;
        let login = scram_keys(mechanism, &self.password)?;
        let login = ScramServer::with_keys(mechanism, "server", login);
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
        self.proved = true;
        Ok(STANDARD.encode(success))
    }

    fn digest(&mut self) -> Result<String, String> {
        let response = self.sasl.as_ref().filter(|it| it.name() == "response");
        let response = data(response.ok_or("we have sent no SASL response")?)?;
        let rspauth = digest::rspauth(&response, &self.password)?;
        self.proved = true;
        Ok(STANDARD.encode(format!("rspauth={rspauth}")))
    }
}

fn data(element: &Element) -> Result<Vec<u8>, String> {
    STANDARD.decode(element.text().as_bytes()).map_err(|error| error.to_string())
}
