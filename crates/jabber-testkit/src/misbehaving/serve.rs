use std::{future::poll_fn, io, task::Poll};

use bytes::BytesMut;
use jabber_transport::memory::MemoryPipe;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::{Act, Conversation, Step};

/// A pipe that can also be broken.
pub trait BreakablePipe: AsyncRead + AsyncWrite + Unpin {
    /// Ends it as TLS does that ends without `close_notify`.
    fn truncate(&mut self);
    /// Tears it down.
    fn reset(&mut self);
}

impl BreakablePipe for MemoryPipe {
    fn truncate(&mut self) {
        self.fail(io::ErrorKind::UnexpectedEof);
    }

    fn reset(&mut self) {
        MemoryPipe::reset(self);
    }
}

/// Holds the conversation on that pipe, until it or the pipe ends. The TLS handshake on it is the one
/// that encrypts nothing.
///
/// # Cancellation
/// What was not said to its end is not said again.
pub async fn serve(pipe: &mut impl BreakablePipe, conversation: &mut Conversation) {
    hold(pipe, conversation, |_| false).await;
}

/// The same, until the TLS handshake comes next: true, and it is the caller's to do. What came of it
/// [`Conversation::encrypted`] is told, or [`Conversation::client_hello`] where it is to go wrong.
///
/// # Cancellation
/// As with [`serve`].
pub async fn serve_to_handshake(
    pipe: &mut impl BreakablePipe,
    conversation: &mut Conversation,
) -> bool {
    hold(pipe, conversation, |it| it.step() == Some(Step::Handshake)).await
}

/// Until that is so, or the end.
async fn hold(
    pipe: &mut impl BreakablePipe,
    conversation: &mut Conversation,
    until: impl Fn(&Conversation) -> bool,
) -> bool {
    let mut input = BytesMut::new();
    loop {
        while let Some(act) = conversation.act() {
            // A client that is gone hears no more, and that is no fault of the server's.
            if carry_out(act, pipe).await.is_err() {
                return false;
            }
        }
        if conversation.is_over() {
            return false;
        }
        if until(conversation) {
            return true;
        }
        input.clear();
        match pipe.read_buf(&mut input).await {
            Ok(0) => conversation.ended(),
            Ok(_) => conversation.receive(&input),
            Err(_) => return false,
        }
    }
}

async fn carry_out(act: Act, pipe: &mut impl BreakablePipe) -> io::Result<()> {
    match act {
        Act::Send(bytes) => {
            pipe.write_all(&bytes).await?;
            pipe.flush().await?;
            // The client reads this before anything else is written.
            give_way().await;
        }
        Act::Wait(time) => tokio::time::sleep(time).await,
        Act::Close => pipe.shutdown().await?,
        Act::StopReading => std::future::pending().await,
        Act::Truncate => pipe.truncate(),
        Act::Reset => pipe.reset(),
    }
    Ok(())
}

/// Lets the others go on.
async fn give_way() {
    let mut given = false;
    poll_fn(|context| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
