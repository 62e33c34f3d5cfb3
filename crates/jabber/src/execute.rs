//! What clients ask for, done in the session.

use std::task::{Context, Poll};

use crate::{
    RequestError,
    client::Commands,
    command::{Command, Ticket},
    driver::Driver,
    sink::Waiter,
};

impl Commands {
    /// Does what clients ask for, as long as there is room to write. True once the last client is
    /// gone.
    pub(crate) fn poll(&mut self, driver: &mut Driver, cx: &mut Context<'_>) -> bool {
        while let Poll::Ready(Some(ticket)) = self.cancelled.poll_recv(cx) {
            driver.cancel(ticket);
        }
        loop {
            let mut command = match self.held.take() {
                Some(held) => held,
                None => match self.queue.poll_recv(cx) {
                    Poll::Ready(Some(command)) => command,
                    Poll::Ready(None) => return true,
                    Poll::Pending => return false,
                },
            };
            if !command.sends() || driver.sink.has_room() {
                driver.execute(command);
            } else if !command.is_given_up(cx) {
                self.held = Some(command);
                return false;
            }
        }
    }

    /// True where a command waits for room and there is some by now: nobody else would wake us.
    pub(crate) fn can_go_on(&self, driver: &Driver) -> bool {
        self.held.is_some() && driver.sink.has_room()
    }
}

impl Driver {
    /// A client that has stopped waiting for a reply is not told.
    fn execute(&mut self, command: Command) {
        let now = self.clock.now();
        let (connection, sink) = (&mut self.connection, &mut self.sink);
        match command {
            Command::Connect(reply) => {
                let _ = reply.send(self.connect());
            }
            Command::Send(stanza, reply) => {
                let sent = connection.send(stanza, now, sink);
                // Who is told that it is done finds it done.
                sink.publish(connection);
                let _ = reply.send(sent);
            }
            Command::Request { stanza, timeout, ticket, answer } => {
                // Nobody waits any more: it is not sent.
                if answer.is_closed() {
                    return;
                }
                match connection.request(stanza, timeout, now, sink) {
                    Ok(request) => {
                        sink.waiting.insert(request, Waiter::Client(ticket, answer));
                    }
                    Err(error) => {
                        let _ = answer.send(Err(RequestError::Refused(error)));
                    }
                }
            }
            Command::PurgeQueue(reply) => {
                let purged = connection.purge_queue(now, sink);
                sink.publish(connection);
                let _ = reply.send(purged);
            }
            Command::TakeQueue(reply) => {
                let taken = connection.take_queue(now, sink);
                sink.publish(connection);
                let _ = reply.send(taken);
            }
            Command::Watch(watch) => watch.apply(&mut sink.watchers),
            Command::Shutdown => connection.shutdown(now, sink),
            Command::Halt => connection.halt(now, sink),
        }
    }

    fn cancel(&mut self, ticket: Ticket) {
        let waits = |waiter: &Waiter| matches!(waiter, Waiter::Client(own, _) if *own == ticket);
        let found = self.sink.waiting.iter().find(|(_, waiter)| waits(waiter));
        if let Some(request) = found.map(|(request, _)| *request) {
            self.connection.cancel(request, self.clock.now(), &mut self.sink);
        }
    }
}
