//! Does with a session of ours what the driving program did with PCJ.

use jabber::ErrorStatus;
use jabber_transport::ConnectError;

use super::recording::{Line, Recording};
use crate::support::{Actor, PATIENCE, jid};

/// Follows the recording's lines; what we told.
pub(crate) async fn replay(recording: &Recording, mut actor: Actor) -> Recording {
    let mut request = None;
    for line in recording.lines.iter().filter(|line| !line.is_status()) {
        match line.name.as_str() {
            "connect" => actor.connect(),
            "output before ready" => drop(actor.session.try_send(recording.early()).unwrap()),
            "jid" => {
                assert_eq!(actor.ready().await.jid, jid(line.arg()), "{}", recording.name);
            }
            "return_to_sender" => {
                let question = recording.question();
                request = Some(actor.session.begin_request(question, PATIENCE).unwrap());
            }
            "purge_queue" => drop(actor.session.purge_queue().unwrap()),
            // It comes, then the answer to what was queued, which is the last.
            "rts_reply" => {
                while actor.stanza().await.attribute("id").as_deref() != Some("early1") {}
            }
            "shutdown" => actor.session.shutdown(),
            "pending at end" => {
                while actor.next().await.is_some() {}
                assert_eq!(line.arg(), "[]");
                assert_eq!(request.and_then(|request| actor.session.id_of(request)), None);
            }
            "queued at end" => {
                assert_eq!(actor.session.queue().len().to_string(), line.arg(), "{line:?}");
            }
            "end" => {}
            other => panic!("{}: {other}", recording.name),
        }
    }
    let trace = actor.until_it_ends().await;
    let mut ours = Recording::of_trace(&recording.name, &trace);
    for (line, told) in ours.lines.iter_mut().zip(&trace.lines) {
        if told.kind == ErrorStatus::ConnectFail.into() {
            let cause = told.cause::<ConnectError>();
            let code = cause.os_code().unwrap_or_default().to_string();
            *line = Line::new(&line.name, &[cause.call().to_owned(), code]);
        }
    }
    ours
}
