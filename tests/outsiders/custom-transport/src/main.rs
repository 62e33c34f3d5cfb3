//! An echo component that speaks through a transport of its own, to a server in this program.

use futures_util::StreamExt;
use jabber::{Element, Event, KindSet, Phase, Session, component};
use masked::{Mask, Masked};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

mod masked;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let (ours, theirs) = tokio::io::duplex(4096);
    let (said, served) = tokio::join!(echo(ours), serve(theirs));
    served?;
    println!("{}", said?);
    Ok(())
}

/// Connects, answers one message, and ends in good order.
async fn echo(pipe: DuplexStream) -> Outcome<String> {
    let config = component::Config::new("echo.localhost".parse()?, "secret");
    let builder = Session::builder(config).subscribe(KindSet::ALL);
    let mut session = builder.build_with(Masked::new(pipe));
    session.connect()?;
    let identity = session.ready().await?;
    let mut answered = 0;
    while let Some(event) = session.next().await {
        match event {
            Event::Status(status) => {
                let node = status.node().map(|node| format!(" {node}")).unwrap_or_default();
                println!("{:<11} {}{node}", status.phase(), status.kind());
            }
            Event::Stanza(delivery) => {
                session.send(answer(&delivery.stanza)?).await?;
                answered += 1;
                session.shutdown();
            }
            _ => {}
        }
    }
    if session.phase() != Phase::Idle {
        return Err("the session did not come to its end".into());
    }
    Ok(format!("ready as {identity}; answered {answered} message; closed"))
}

fn answer(message: &Element) -> Outcome<Element> {
    let builder = Element::builder("message", jabber::ns::CLIENT)
        .attribute_opt("to", message.attribute("from"))
        .attribute_opt("from", message.attribute("to"));
    let body = message.child("body", jabber::ns::CLIENT).map(|body| body.text().into_owned());
    let body = body.unwrap_or_default();
    Ok(builder.child("body", jabber::ns::CLIENT, |it| it.text(&body)).build()?)
}

/// A server that knows one conversation. It unmasks and masks as we do.
async fn serve(pipe: DuplexStream) -> Outcome<()> {
    let mut pipe = Mask(pipe);
    let header = "<stream:stream xmlns='jabber:component:accept' \
                  xmlns:stream='http://etherx.jabber.org/streams' from='echo.localhost' id='s1'>";
    let question = "<message from='alice@localhost/desk' to='echo.localhost'>\
                    <body>Is anybody there?</body></message>";
    for (expected, say) in [
        ("to='echo.localhost'>", header),
        // SHA-1 of the stream's id and the secret, XEP-0114.
        ("<handshake>3d1121b21f6287dc58010ebe9a95fa84ee2483d4</handshake>", "<handshake/>"),
        ("", question),
        ("<body>Is anybody there?</body></message>", ""),
        ("</stream:stream>", "</stream:stream>"),
    ] {
        read_until(&mut pipe, expected).await?;
        pipe.write_all(say.as_bytes()).await?;
    }
    pipe.shutdown().await?;
    Ok(())
}

async fn read_until(pipe: &mut Mask<DuplexStream>, expected: &str) -> Outcome<()> {
    let mut read = Vec::new();
    while !read.ends_with(expected.as_bytes()) {
        let byte = pipe.read_u8().await.map_err(|_| {
            format!("'{expected}' did not come, but '{}'", String::from_utf8_lossy(&read))
        })?;
        read.push(byte);
    }
    Ok(())
}
