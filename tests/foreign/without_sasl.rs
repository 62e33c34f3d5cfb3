//! A server without SASL: ours, and in between somebody who takes `<mechanisms/>` out of what it says.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
};

/// Where it listens. It lives as long as the test.
pub(crate) fn before(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(server).unwrap());
            let (back, there) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || pass(client, there, |text| text));
            thread::spawn(move || pass(server, back, without_mechanisms));
        }
    });
    address
}

/// Until either side ends. The features come in one piece: nothing is sent before them.
fn pass(mut from: TcpStream, mut to: TcpStream, change: fn(Vec<u8>) -> Vec<u8>) {
    let mut piece = [0; 16 << 10];
    let done: io::Result<()> = (|| {
        loop {
            let length = from.read(&mut piece)?;
            if length == 0 {
                return to.shutdown(Shutdown::Write);
            }
            to.write_all(&change(piece[..length].to_vec()))?;
        }
    })();
    // A side that is gone is gone.
    let _ = done;
}

fn without_mechanisms(bytes: Vec<u8>) -> Vec<u8> {
    const END: &str = "</mechanisms>";
    let Ok(text) = String::from_utf8(bytes.clone()) else { return bytes };
    match (text.find("<mechanisms"), text.find(END)) {
        (Some(start), Some(end)) => {
            [&text[..start], &text[end + END.len()..]].concat().into_bytes()
        }
        _ => bytes,
    }
}
