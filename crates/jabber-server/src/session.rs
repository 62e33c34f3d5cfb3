//! A stream after its negotiation: both sides speak at any time.

use std::pin::pin;

use jabber_xml::{Element, Item, StreamCondition};
use tokio::{
    io::{self, AsyncWriteExt},
    sync::watch,
    time::timeout,
};

use crate::{
    ending::Ending,
    outbox::Outbox,
    stream::{FAREWELL, Incoming, Stream, close},
};

/// What is done with the stanzas of a connection.
pub(crate) trait Handler {
    /// Takes the next stanza. While it waits nothing more is read: backpressure.
    fn stanza(&mut self, stanza: Element) -> impl Future<Output = Result<(), Ending>> + Send;

    /// The stream has ended.
    fn ended(&mut self) -> impl Future<Output = ()> + Send;
}

/// Reads and writes at the same time, until the stream has ended and the connection is closed.
pub(crate) async fn run(
    stream: Stream,
    outbox: &Outbox,
    stopped: &mut watch::Receiver<bool>,
    mut handler: impl Handler,
) {
    let Stream { pipe, mut incoming, .. } = stream;
    let (mut reader, mut writer) = io::split(pipe);
    {
        let writing = async {
            while let Some(bytes) = outbox.take().await {
                writer.write_all(&bytes).await?;
                writer.flush().await?;
            }
            io::Result::Ok(())
        };
        let mut writing = pin!(writing);
        let written = tokio::select! {
            ending = read(&mut incoming, &mut reader, &mut handler) => {
                outbox.end(ending);
                false
            }
            result = &mut writing => {
                if result.is_err() {
                    outbox.end(Ending::Lost);
                }
                true
            }
            // By somebody else: a newer resource, or a writer that lost patience.
            () = outbox.ended() => false,
            _ = stopped.wait_for(|stop| *stop) => {
                outbox.end(StreamCondition::SystemShutdown.into());
                false
            }
        };
        let rest = async {
            if !written {
                let _ = timeout(FAREWELL, writing).await;
            }
        };
        tokio::join!(rest, handler.ended());
    }
    close(&mut reader.unsplit(writer)).await;
}

async fn read(
    incoming: &mut Incoming,
    reader: &mut (impl io::AsyncRead + Unpin),
    handler: &mut impl Handler,
) -> Ending {
    loop {
        let taken = match incoming.next(reader).await {
            Ok(Item::Element(stanza)) => handler.stanza(stanza).await,
            Ok(Item::End) => Err(Ending::Closed),
            Ok(_) => Err(StreamCondition::InvalidXml.into()),
            Err(ending) => Err(ending),
        };
        if let Err(ending) = taken {
            return ending;
        }
    }
}
