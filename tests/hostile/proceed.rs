//! STARTTLS by hand: what is said behind `<proceed/>`, in its own segment and in the next one.

use std::time::Duration;

use futures_util::StreamExt as _;
use jabber::{ErrorStatus, Event, Kind, KindSet, Protocol as _, Session, Status, xmpp};
use jabber_status::Lifecycle;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{peer::listen, setups::PASSWORD};

const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' \
     xmlns:stream='http://etherx.jabber.org/streams' from='localhost'>";

#[tokio::test]
async fn threat_02_what_comes_before_the_handshake_is_never_read_over_tls() {
    let injected = format!(
        "{HEADER}<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>\
         SCRAM-SHA-1</mechanism></mechanisms></stream:features>"
    );
    for together in [true, false] {
        let (listener, at) = listen().await;
        let injected = injected.clone();
        let served = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            let mut heard = Vec::new();
            let offer = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\
                         </stream:features>";
            socket.write_all(format!("{HEADER}{offer}").as_bytes()).await.unwrap();
            while !String::from_utf8_lossy(&heard).contains("<starttls") {
                assert!(socket.read_buf(&mut heard).await.unwrap() > 0);
            }
            let proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
            if together {
                socket.write_all(format!("{proceed}{injected}").as_bytes()).await.unwrap();
            } else {
                socket.write_all(proceed.as_bytes()).await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                socket.write_all(injected.as_bytes()).await.unwrap();
            }
            let _ = socket.read_to_end(&mut heard).await;
            heard
        });
        let config = xmpp::Config::new("alice@localhost/desk".parse().unwrap(), PASSWORD);
        let mut life = Lifecycle::of(config.shape());
        let builder = Session::builder(config).server(at.into()).subscribe(KindSet::ALL);
        let mut session = builder.build();
        session.connect().unwrap();
        let mut told = Vec::new();
        while let Some(event) = session.next().await {
            let Event::Status(status) = event else { continue };
            life.check_event(&*status).unwrap();
            told.push(status.kind());
        }
        life.finish().unwrap();
        let heard = served.await.unwrap();
        assert!(told.contains(&Kind::Error(ErrorStatus::SslFail)), "{together}: {told:?}");
        assert!(!told.contains(&Kind::Status(Status::SslSuccess)), "{together}: {told:?}");
        assert!(!String::from_utf8_lossy(&heard).contains("<auth"));
    }
}
