//! What clients ask for, done in the session.

use std::task::{Context, Poll};

use jabber_status::Phase;

use crate::{
    RequestError,
    client::Commands,
    command::{Command, Ticket},
    driver::Driver,
    sink::{FateWaiter, Waiter},
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
                driver.execute(*command);
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

    /// Wakes clients that wait for room in the queue, where there may be some again.
    pub(crate) fn tell_room(&mut self, driver: &Driver) {
        let queue = driver.connection.queue();
        let queued = (queue.len(), queue.bytes());
        let ready = driver.connection.phase() == Phase::Ready;
        if queued.0 < self.queued.0 || queued.1 < self.queued.1 || ready {
            self.room.notify_waiters();
        }
        self.queued = queued;
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
            Command::Reconnect => connection.reconnect(now, sink),
            Command::Send { stanza, time_to_live, reply, fate } => {
                // Nobody waits any more: it is not accepted.
                if reply.is_closed() {
                    return;
                }
                let accepted = match time_to_live {
                    None => connection.send(stanza, now, sink),
                    Some(time) => connection.send_within(stanza, Some(time), now, sink),
                };
                if let (Ok(accepted), Some(fate)) = (&accepted, fate) {
                    sink.fates.insert(accepted.receipt(), FateWaiter::Client(fate));
                }
                // Who is told that it is done finds it done.
                sink.publish(connection);
                let _ = reply.send(accepted);
            }
            Command::Request { stanza, timeout, ticket, answer } => {
                // Nobody waits any more: it is not sent.
                if answer.is_closed() {
                    return;
                }
                match connection.request(stanza, timeout, now, sink) {
                    Ok(request) => {
                        sink.waiting.insert(request, Waiter::Client(ticket, answer));
                        sink.tickets.insert(ticket, request);
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
        if let Some(request) = self.sink.tickets.get(&ticket).copied() {
            self.connection.cancel(request, self.clock.now(), &mut self.sink);
        }
    }
}
