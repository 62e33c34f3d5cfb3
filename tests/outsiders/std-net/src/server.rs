//! A server that knows one conversation. It is only here so that the example runs by itself.

use std::io::{BufReader, Read, Write};
use std::net::TcpListener;

use crate::Outcome;

const HEADER: &str = "<stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='localhost' version='1.0'>";

/// Takes one connection, and answers what it knows.
pub fn serve(listener: &TcpListener) -> Outcome<()> {
    let (socket, _) = listener.accept()?;
    let mut read = BufReader::new(&socket);
    let answer = |text: &str| (&socket).write_all(text.as_bytes());

    until(&mut read, "version='1.0'>")?;
    answer(HEADER)?;
    answer(
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
         <mechanism>PLAIN</mechanism></mechanisms></stream:features>",
    )?;
    // NUL alice NUL secret, RFC 4616.
    until(&mut read, "AGFsaWNlAHNlY3JldA==</auth>")?;
    answer("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")?;

    until(&mut read, "version='1.0'>")?;
    answer(HEADER)?;
    let bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'";
    answer(&format!("<stream:features>{bind}/></stream:features>"))?;
    let request = until(&mut read, "</iq>")?;
    let id = request.split("id='").nth(1).and_then(|rest| rest.split('\'').next());
    let id = id.ok_or("the bind has no id")?;
    let jid = "<jid>alice@localhost/desk</jid>";
    answer(&format!("<iq type='result' id='{id}'>{bind}>{jid}</bind></iq>"))?;

    until(&mut read, "</message>")?;
    answer("<message from='bob@localhost/x'><body>It is.</body></message>")?;
    until(&mut read, "</stream:stream>")?;
    answer("</stream:stream>")?;
    Ok(())
}

/// What is read up to this text.
fn until(from: &mut impl Read, text: &str) -> Outcome<String> {
    let mut seen = Vec::new();
    while !seen.ends_with(text.as_bytes()) {
        let mut byte = [0];
        from.read_exact(&mut byte).map_err(|error| format!("'{text}' did not come: {error}"))?;
        seen.push(byte[0]);
    }
    Ok(String::from_utf8(seen)?)
}
