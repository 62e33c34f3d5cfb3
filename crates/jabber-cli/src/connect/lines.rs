use std::io;

use jabber::Element;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Stdin};

/// Elements from standard input, one a line.
pub(crate) struct Lines {
    input: BufReader<Stdin>,
    line: Vec<u8>,
    number: u64,
    limit: u64,
}

/// What a line of standard input is.
pub(crate) enum Line {
    Element(Element),
    /// It cannot be sent; this says why.
    Bad(String),
    /// There is no further line.
    End,
}

impl Lines {
    /// Lines of `limit` bytes at most; a longer one is a bad one.
    pub(crate) fn new(limit: usize) -> Self {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        Self { input: BufReader::new(tokio::io::stdin()), line: Vec::new(), number: 0, limit }
    }

    /// The next line that is not blank. Cancellation safe: what was read of a line stays.
    pub(crate) async fn next(&mut self) -> Line {
        loop {
            let left =
                self.limit.saturating_sub(u64::try_from(self.line.len()).unwrap_or(u64::MAX));
            let mut bounded = (&mut self.input).take(left.saturating_add(1));
            match bounded.read_until(b'\n', &mut self.line).await {
                Ok(0) if self.line.is_empty() => return Line::End,
                Ok(_) => {}
                Err(error) => return self.failed(&error),
            }
            let complete = self.line.ends_with(b"\n");
            if !complete && self.line.len() as u64 > self.limit {
                self.line.clear();
                self.skip_line().await;
                self.number += 1;
                return Line::Bad(format!("line {} of standard input is too long", self.number));
            }
            self.number += 1;
            let line = std::mem::take(&mut self.line);
            let text = match std::str::from_utf8(&line) {
                Ok(text) => text.trim(),
                Err(error) => return Line::Bad(format!("line {}: {error}", self.number)),
            };
            if !text.is_empty() {
                return match text.parse() {
                    Ok(element) => Line::Element(element),
                    Err(error) => {
                        let error: jabber::XmlError = error;
                        Line::Bad(format!("line {} of standard input: {error}", self.number))
                    }
                };
            }
        }
    }

    async fn skip_line(&mut self) {
        while let Ok(chunk) = self.input.fill_buf().await {
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let (skipped, done) = match end {
                Some(end) => (end + 1, true),
                None => (chunk.len(), chunk.is_empty()),
            };
            self.input.consume(skipped);
            if done {
                break;
            }
        }
    }

    fn failed(&self, error: &io::Error) -> Line {
        Line::Bad(format!("standard input cannot be read after line {}: {error}", self.number))
    }
}
