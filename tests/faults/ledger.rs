//! What our side was told of what it sent.

use std::collections::HashMap;

use jabber::{Event, Receipt, RequestEnd, RequestEndKind, RequestId};

use crate::partner::Heard;

/// Every message and every question, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    messages: HashMap<Receipt, (u64, Vec<Fate>)>,
    questions: HashMap<RequestId, (String, Vec<End>)>,
    pub(crate) back: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Written,
    Returned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Answer,
    Error,
    TimedOut,
    Disconnected,
    Cancelled,
}

/// What a run came to.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) written: usize,
    pub(crate) received: usize,
    pub(crate) returned: usize,
    pub(crate) back: u32,
    pub(crate) answered: usize,
    pub(crate) refused: usize,
    pub(crate) disconnected: usize,
}

impl Ledger {
    pub(crate) fn sent(&mut self, receipt: Receipt, number: u64) {
        assert!(self.messages.insert(receipt, (number, Vec::new())).is_none());
    }

    pub(crate) fn asked(&mut self, request: RequestId, id: String) {
        assert!(self.questions.insert(request, (id, Vec::new())).is_none());
    }

    pub(crate) fn note(&mut self, event: &Event) {
        match event {
            Event::Written(receipt) => self.fate(*receipt, Fate::Written),
            Event::Returned(receipt, returned) => {
                let number = self.messages[receipt].0.to_string();
                assert!(returned.stanza.as_str().contains(&format!(">{number}<")));
                self.fate(*receipt, Fate::Returned);
            }
            Event::RequestEnded(request, end) => {
                let end = match end {
                    RequestEnd::Answer(_) => End::Answer,
                    RequestEnd::Error(_) => End::Error,
                    RequestEnd::Unanswered(RequestEndKind::TimedOut) => End::TimedOut,
                    RequestEnd::Unanswered(RequestEndKind::Disconnected) => End::Disconnected,
                    RequestEnd::Unanswered(RequestEndKind::Cancelled) => End::Cancelled,
                    other => panic!("{other:?}"),
                };
                self.questions.get_mut(request).unwrap().1.push(end);
            }
            Event::Stanza(delivery) if delivery.stanza.as_str().contains(">back ") => {
                self.back += 1;
            }
            _ => {}
        }
    }

    fn fate(&mut self, receipt: Receipt, fate: Fate) {
        // What a test's own farewell or presence is, is no message of the ledger's.
        if let Some((_, fates)) = self.messages.get_mut(&receipt) {
            fates.push(fate);
        }
    }

    /// Whether every message and every question has an end.
    pub(crate) fn is_settled(&self) -> bool {
        self.messages.values().all(|(_, fates)| !fates.is_empty())
            && self.questions.values().all(|(_, ends)| !ends.is_empty())
    }

    /// Holds it against what the partner has had.
    pub(crate) fn judge(&self, heard: &Heard) -> Counts {
        let mut counts = Counts { back: self.back, ..Counts::default() };
        for (number, times) in &heard.numbers {
            assert_eq!(*times, 1, "message {number} was received {times} times");
        }
        for (number, fates) in self.messages.values() {
            assert_eq!(fates.len(), 1, "message {number}: {fates:?}");
            let received = heard.numbers.contains_key(number);
            match fates[0] {
                Fate::Written => counts.written += 1,
                Fate::Returned => {
                    assert!(!received, "message {number} came back, and was received");
                    counts.returned += 1;
                }
            }
            counts.received += usize::from(received);
        }
        for (id, times) in &heard.questions {
            assert_eq!(*times, 1, "question {id} was heard {times} times");
        }
        for (id, ends) in self.questions.values() {
            assert_eq!(ends.len(), 1, "question {id}: {ends:?}");
            let heard = heard.questions.contains_key(id);
            match ends[0] {
                End::Answer => {
                    assert!(heard, "question {id} was answered, and never heard");
                    counts.answered += 1;
                }
                End::Error => counts.refused += 1,
                End::Disconnected => counts.disconnected += 1,
                end => panic!("question {id}: {end:?}, with all the time there is"),
            }
        }
        counts
    }
}
