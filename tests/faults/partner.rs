//! Who is there all the time: notes what comes, answers each message and each question once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt;
use jabber::{Client, Element, Event, ns};
use jabber_tests::server::BOB;
use tokio::task::JoinHandle;

use crate::support::{Dialect, Pipe, Place, xml};

/// Another client on the same server.
pub(crate) struct Partner {
    pub(crate) jid: String,
    heard: Arc<Mutex<Heard>>,
    task: JoinHandle<()>,
    _client: Client,
}

/// What it has had: how often each number, and each question by its id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) numbers: HashMap<u64, u32>,
    pub(crate) questions: HashMap<String, u32>,
}

impl Partner {
    pub(crate) async fn come(place: &Place) -> Self {
        let (actor, identity) = place.login_as(Dialect::Xmpp, Pipe::Offered, BOB).ready().await;
        let (client, mut events) = actor.session.spawn();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (notes, answers) = (Arc::clone(&heard), client.clone());
        let task = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                let Event::Stanza(delivery) = event else { continue };
                let answer = notes.lock().unwrap().note(&delivery.stanza);
                if let Some(answer) = answer {
                    // Whoever it is for may be gone.
                    let _ = answers.send(answer).await;
                }
            }
        });
        Self { jid: identity.jid.as_str().to_owned(), heard, task, _client: client }
    }

    /// What it has had, once nothing more has come for a while.
    pub(crate) async fn heard(&self) -> Heard {
        let count = || {
            let heard = self.heard.lock().unwrap();
            heard.numbers.values().sum::<u32>() + heard.questions.values().sum::<u32>()
        };
        for _ in 0..40 {
            let before = count();
            tokio::time::sleep(Duration::from_millis(250)).await;
            if count() == before {
                break;
            }
        }
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Heard {
    /// Notes a stanza; what there is to say to it.
    fn note(&mut self, stanza: &Element) -> Option<Element> {
        let (from, to) = (stanza.attribute("from")?, stanza.attribute("to")?);
        match (stanza.name(), stanza.attribute("type").as_deref()) {
            ("message", Some("chat")) => {
                let number = stanza.child("body", ns::CLIENT)?.text().parse().ok()?;
                *self.numbers.entry(number).or_default() += 1;
                Some(xml(&format!(
                    "<message type='chat' from='{to}' to='{from}'><body>back {number}</body></message>"
                )))
            }
            ("iq", Some("get")) => {
                let id = stanza.attribute("id")?;
                stanza.child("query", ns::VERSION)?;
                *self.questions.entry(id.clone().into_owned()).or_default() += 1;
                Some(xml(&format!(
                    "<iq type='result' id='{id}' from='{to}' to='{from}'>\
                     <query xmlns='jabber:iq:version'><name>partner</name></query></iq>"
                )))
            }
            _ => None,
        }
    }
}
