use bytes::{Buf as _, BytesMut};
use zeroize::Zeroize as _;

/// What is to be written, with what of it must not stay in memory: a driver's
/// [`Effects::transmit`](crate::Effects::transmit) and [`Effects::secret`](crate::Effects::secret).
///
/// What was written is overwritten where it was a step of a login, up to the last byte of it. The
/// bytes of stanzas cost a comparison of numbers.
///
/// # Examples
/// ```
/// use jabber_connection::WriteBuffer;
///
/// let mut buffer = WriteBuffer::default();
/// buffer.bytes_mut().extend_from_slice(b"<handshake>90afb7dd</handshake>");
/// buffer.secret();
/// // The pipe has taken all of it.
/// let wiped = buffer.taken(31).unwrap_or_default();
/// assert!(wiped.iter().all(|byte| *byte == 0) && buffer.bytes().is_empty());
/// ```
#[derive(Default)]
pub struct WriteBuffer {
    bytes: BytesMut,
    /// Before this byte there is something secret.
    secret: usize,
}

impl WriteBuffer {
    /// What is to be written.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where what is to be written is appended.
    #[inline]
    pub const fn bytes_mut(&mut self) -> &mut BytesMut {
        &mut self.bytes
    }

    /// What was appended last is secret.
    pub fn secret(&mut self) {
        self.secret = self.bytes.len();
    }

    /// So many bytes were written. Gives the memory of those back that were overwritten for a secret;
    /// it need not be kept.
    #[inline]
    pub fn taken(&mut self, bytes: usize) -> Option<BytesMut> {
        let taken = bytes.min(self.bytes.len());
        let wiped = if self.secret == 0 { None } else { Some(self.wipe(taken)) };
        self.bytes.advance(taken - wiped.as_ref().map_or(0, BytesMut::len));
        wiped
    }

    #[cold]
    fn wipe(&mut self, taken: usize) -> BytesMut {
        let secret = taken.min(self.secret);
        self.secret -= secret;
        let mut wiped = self.bytes.split_to(secret);
        wiped.zeroize();
        wiped
    }

    /// Nothing of it will be written. Gives back what [`taken`](Self::taken) gives, and the buffer's
    /// memory is given back too.
    pub fn discard(&mut self) -> Option<BytesMut> {
        let wiped = self.taken(self.bytes.len());
        self.bytes = BytesMut::new();
        wiped
    }
}

impl Drop for WriteBuffer {
    fn drop(&mut self) {
        self.discard();
    }
}

/// Not the bytes: there may be a password among them.
impl std::fmt::Debug for WriteBuffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WriteBuffer({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer() -> WriteBuffer {
        let mut buffer = WriteBuffer::default();
        buffer.bytes_mut().extend_from_slice(b"<a/><auth>c2VjcmV0</auth>");
        buffer.secret();
        buffer.bytes_mut().extend_from_slice(b"<b/>");
        buffer
    }

    #[test]
    fn what_was_secret_is_overwritten_once_it_is_written() {
        for step in 1..=29 {
            let mut buffer = buffer();
            let mut wiped = 0;
            while !buffer.bytes().is_empty() {
                let memory = buffer.taken(step).unwrap_or_default();
                assert!(memory.iter().all(|byte| *byte == 0), "{memory:?}");
                wiped += memory.len();
            }
            assert_eq!(wiped, 25, "{step} bytes at a time");
            assert_eq!(buffer.taken(1), None);
        }
    }

    #[test]
    fn what_is_secret_and_never_written_is_overwritten() {
        let mut buffer = buffer();
        drop(buffer.taken(6));
        let memory = buffer.discard().unwrap();
        assert_eq!((memory.len(), memory.iter().all(|byte| *byte == 0)), (19, true));
        assert!(buffer.bytes().is_empty() && buffer.bytes_mut().capacity() == 0);
        assert_eq!(format!("{:?}", self::buffer()), "WriteBuffer(29 bytes)");
    }

    #[test]
    fn what_is_no_secret_is_only_counted() {
        let mut buffer = WriteBuffer::default();
        buffer.bytes_mut().extend_from_slice(b"<presence/>");
        assert_eq!((buffer.taken(4), buffer.bytes()), (None, &b"sence/>"[..]));
    }
}
