//! The lies of the misbehaving server, from the server's side: what goes in, what comes out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_jid::Jid;
use jabber_sasl::Mechanism;
use jabber_testkit::misbehaving::{Act, Conversation, Lie, Misbehaviour, Server, Step, Tls};

const HEADER: &str = "<stream:stream xmlns='jabber:client' to='localhost' version='1.0' \
    xmlns:stream='http://etherx.jabber.org/streams'>";
const SALT: &str = "s=";

fn alice() -> Jid {
    "alice@localhost/desk".parse().unwrap()
}

fn scram() -> Server {
    let server = Server::xmpp(alice(), "secret").with_tls(Tls::Off);
    server.with_mechanism(Mechanism::ScramSha256)
}

fn says(conversation: &mut Conversation, text: &str) -> String {
    conversation.receive(text.as_bytes());
    let act = |act| match act {
        Act::Send(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => format!("{other:?}"),
    };
    std::iter::from_fn(|| conversation.act()).map(act).collect::<Vec<_>>().join(" ")
}

/// The answer to `<auth/>` whose nonce is `fyko`.
fn challenged(lie: Option<Lie>) -> (String, Conversation) {
    let mut server = scram();
    if let Some(lie) = lie {
        server = server.misbehaving(Step::Challenge, Misbehaviour::Lie(lie));
    }
    let mut conversation = server.conversation();
    says(&mut conversation, HEADER);
    let first = STANDARD.encode("n,,n=alice,r=fyko");
    let auth = format!(
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{first}</auth>"
    );
    (says(&mut conversation, &auth), conversation)
}

/// What it says in base64.
fn data(element: &str) -> String {
    let (_, rest) = element.split_once('>').unwrap();
    let (data, _) = rest.split_once('<').unwrap();
    String::from_utf8(STANDARD.decode(data).unwrap()).unwrap()
}

fn plain() -> Server {
    Server::xmpp(alice(), "secret").with_mechanism(Mechanism::Plain)
}

#[test]
fn every_lie_is_one_for_some_server_at_some_step() {
    let router = Server::jabberd20_component("echo.localhost".parse().unwrap(), "secret");
    let servers = [plain(), scram(), router];
    for lie in Lie::ALL {
        let fits = |server: &Server| {
            Step::ALL.iter().any(|step| server.can(*step, &Misbehaviour::Lie(*lie)))
        };
        assert!(servers.iter().any(fits), "{lie}");
    }
    // There is no challenge in PLAIN, and no nonce in a bind.
    assert!(!plain().can(Step::Success, &Misbehaviour::Lie(Lie::ProofMissing)));
    assert!(!scram().can(Step::Bind, &Misbehaviour::Lie(Lie::NonceOther)));
    assert!(!scram().can(Step::Challenge, &Misbehaviour::Lie(Lie::TwoNonces)));
}

#[test]
fn what_is_said_in_place_of_a_challenge() {
    let right = data(&challenged(None).0);
    let parts: Vec<&str> = right.split(',').collect();
    let [r, s, i] = *parts else { panic!("{right}") };
    assert_eq!((r, i), ("r=fykoNonceOfTheTestkit", "i=4096"));
    assert!(s.starts_with(SALT));
    let cases = [
        (Lie::NonceOther, format!("r=NonceOfTheTestkit,{s},{i}")),
        (Lie::NonceEqual, format!("r=fyko,{s},{i}")),
        (Lie::NoncePrefix, format!("r=fyk~NonceOfTheTestkit,{s},{i}")),
        (Lie::NonceBehind, format!("r=NonceOfTheTestkitfyko,{s},{i}")),
        (Lie::SaltEmpty, format!("{r},s=,{i}")),
        (Lie::SaltNotBase64, format!("{r},s=*no base64*,{i}")),
        (Lie::IterationsOne, format!("{r},{s},i=1")),
        (Lie::IterationsFew, format!("{r},{s},i=4095")),
        (Lie::IterationsZero, format!("{r},{s},i=0")),
        (Lie::IterationsMissing, format!("{r},{s}")),
        (Lie::IterationsLeadingZero, format!("{r},{s},i=04096")),
        (Lie::IterationsMany, format!("{r},{s},i=2147483648")),
        (Lie::IterationsEndless, format!("{r},{s},i=100000000000000000000")),
        (Lie::MandatoryExtension, format!("m=nobody-knows,{right}")),
        (Lie::OutOfOrder, format!("{s},{r},{i}")),
        (Lie::Duplicated, format!("{r},{s},{s},{i}")),
        (Lie::ErrorInChallenge, "e=other-error".to_owned()),
    ];
    for (lie, expected) in cases {
        let (said, conversation) = challenged(Some(lie));
        assert_eq!(data(&said), expected, "{lie}");
        assert_eq!(conversation.step(), Some(Step::Success), "{lie}");
    }
}

/// A client that believes it is served, so that its mistake shows.
#[test]
fn who_believes_a_success_is_served() {
    let (said, mut conversation) = challenged(Some(Lie::SuccessEarly));
    assert_eq!(said, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'></success>");
    assert_eq!(conversation.step(), Some(Step::BindHeader));
    assert!(says(&mut conversation, HEADER).contains("<bind "));
}

#[test]
fn who_stops_reading_says_no_more() {
    let lie = Misbehaviour::Lie(Lie::StopsReading);
    let mut conversation = scram().misbehaving(Step::AuthHeader, lie).conversation();
    let said = says(&mut conversation, HEADER);
    assert!(said.ends_with("> StopReading") && !said.contains("features"), "{said}");
    assert_eq!(conversation.step(), None);
}
