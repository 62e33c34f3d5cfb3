//! The order of statuses is that of the original PCJ 3.00, recorded against the same server, after
//! exactly the differences that docs/statuses.md lists.

mod recording;

use jabber::sasl::{Mechanism, Policy};
use jabber::{Session, SessionBuilder, xmpp::TlsPolicy};
use jabber_tests::{
    prosody::{ALICE, COMPONENT, COMPONENT_SECRET, OPTIONAL, Options, Prosody, REQUIRED},
    skip,
};

pub(crate) use recording::{Step, recorded, told};

use crate::{
    strangers,
    support::{Actor, Trace, address, client_at, component, tcp, version_request, xml},
};

pub(crate) fn early(to: &str) -> String {
    format!(
        "<iq type='get' id='early1' to='{to}'>\
         <query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
    )
}

/// What the program did that drove PCJ: an output before it was ready, then, once it was, a
/// return_to_sender and purge_queue, then shutdown.
async fn scenario(mut actor: Actor, domain: &str, from: Option<&str>) -> Trace {
    let sender = |stanza: jabber::Element| match from {
        Some(from) => stanza.with_attribute("from", from).unwrap(),
        None => stanza,
    };
    actor.session.try_send(sender(xml(&early(domain)))).unwrap();
    actor.connect();
    actor.ready().await;
    let question = sender(version_request(domain));
    actor.session.begin_request(question, crate::support::PATIENCE).unwrap();
    actor.session.purge_queue().unwrap();
    // The answer to what was queued is the last to come.
    assert_eq!(actor.stanza().await.attribute("id").unwrap(), "early1");
    actor.close().await
}

fn same(trace: &Trace, recording: &str) {
    let ours: Vec<Step> =
        told(trace.lines.iter().map(|line| {
            (line.kind, line.event.node().map(ToString::to_string).unwrap_or_default())
        }));
    assert_eq!(ours, recorded(recording), "{recording}\n{trace}");
}

fn alice(server: &Prosody, domain: &str, policy: Policy) -> Actor {
    let builder = Session::builder(client_at(ALICE, domain, "oracle").with_policy(policy))
        .transport(tcp(server))
        .server(address(server.c2s()));
    Actor::client(builder, ALICE)
}

#[tokio::test]
async fn a_client_where_tls_is_optional_and_where_it_is_required() {
    let Some(server) = Prosody::shared() else { return };
    for (domain, recording) in
        [(OPTIONAL, "prosody-xmpp-ok"), (REQUIRED, "prosody-xmpp-tlsrequired")]
    {
        for policy in [Policy::only(&[Mechanism::Plain]), Policy::default()] {
            let trace = scenario(alice(server, domain, policy), domain, None).await;
            same(&trace, recording);
        }
    }
}

#[tokio::test]
async fn a_component() {
    let Some(server) = skip::unless_missing(Prosody::start(&Options::new())) else { return };
    let builder: SessionBuilder = Session::builder(component(COMPONENT, COMPONENT_SECRET))
        .server(address(server.component()));
    let actor = Actor::component(builder, COMPONENT_SECRET);
    let trace = scenario(actor, OPTIONAL, Some("oracle@comp.localhost")).await;
    same(&trace, "prosody-j14-ok");
}

#[tokio::test]
async fn refused() {
    let builder = Session::builder(client_at(ALICE, OPTIONAL, "oracle").with_tls(TlsPolicy::Off))
        .server(address(strangers::closed_port()));
    let mut actor = Actor::client(builder, ALICE);
    actor.session.try_send(xml(&early(OPTIONAL))).unwrap();
    actor.connect();
    assert!(actor.session.ready().await.is_err());
    assert_eq!(actor.session.queue().len(), 1);
    same(&actor.until_it_ends().await, "prosody-xmpp-refused");
}
