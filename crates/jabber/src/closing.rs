use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use jabber_transport::BoxPipe;
use tokio::{io::AsyncWrite, time::Sleep};

/// How long the pipe may take to close behind a connection that has ended.
const LINGER: Duration = Duration::from_secs(1);

/// A pipe that ends in good order: `close_notify`, FIN.
pub(crate) struct Closing {
    pipe: BoxPipe,
    bound: Pin<Box<Sleep>>,
}

impl Closing {
    pub(crate) fn of(pipe: BoxPipe) -> Self {
        Self { pipe, bound: Box::pin(tokio::time::sleep(LINGER)) }
    }

    /// Ready once it is closed, or has had its time.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match Pin::new(&mut self.pipe).poll_shutdown(cx) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => self.bound.as_mut().poll(cx),
        }
    }
}
