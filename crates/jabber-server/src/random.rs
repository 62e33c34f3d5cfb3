//! Random numbers of the operating system.

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Text that nobody can guess, of `2 * N` hexadecimal digits.
pub(crate) fn token<const N: usize>() -> Result<String, getrandom::Error> {
    bytes::<N>().map(jabber_security::hex)
}
