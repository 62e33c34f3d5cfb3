//! Logins against whatever a server says.

use jabber_sasl::{
    Authenticated, Credentials, Exchange, Mechanism, Message, Offer, Policy, Reply, SaslError,
    Service, choose,
    server::{DigestMd5Server, ScramKeys, ScramServer},
};
use jabber_security::{ChannelBinding, Entropy, Secret, Security, TlsFacts};

use crate::chance::{Chance, Input};

const PASSWORD: &str = "wonderland=,42";
const HOST: &str = "example.org";
/// More steps than any mechanism has.
const STEPS: usize = 8;

/// Bytes that count up.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// A server that knows the password.
enum Honest {
    Scram(Box<ScramServer>),
    Digest(DigestMd5Server),
    /// It has answered all.
    Done,
}

/// A login by the mechanism that the first byte names. What the server says is right, changed at some
/// bytes, or what the input says.
///
/// A login by SCRAM or DIGEST-MD5 succeeds only if the last word was one of a server that knows the
/// password; and it ends within a bounded number of steps.
pub(crate) fn sasl(input: &[u8]) {
    let mut chance = Input(input);
    let mechanism = Mechanism::ALL[chance.below(Mechanism::ALL.len())];
    let Some((mut exchange, security)) = begin(mechanism) else { return };
    let mut honest = Honest::of(mechanism, &security);
    let mut entropy = Counting(0);
    let mut said = exchange.initial(&mut entropy).ok().flatten().unwrap_or_default();
    // What an honest server would have said last.
    let mut truth: Option<Vec<u8>> = None;
    for step in 0.. {
        assert!(step < STEPS, "{mechanism} goes on for ever");
        let succeeds = chance.once_in(3);
        let word = match chance.below(4) {
            0 => chance.bytes(),
            change => {
                let right = honest.answer(&said);
                truth = right.clone().or(truth);
                let mut word = right.unwrap_or_default();
                if change == 1 {
                    spoil(&mut word, &mut chance);
                }
                word
            }
        };
        if succeeds {
            if let Ok(authenticated) = exchange.success(Some(&word)) {
                proved(&authenticated, &word, truth.as_deref());
            }
            return;
        }
        match respond(&mut exchange, &word, &mut entropy) {
            Ok(message) => said = message,
            Err(_) => return,
        }
    }
}

/// A DIGEST-MD5 challenge as the input has it. What is answered names no protection but `auth`, and
/// its quoted strings end where they should.
pub(crate) fn digest_md5(input: &[u8]) {
    let Some((mut exchange, _)) = begin(Mechanism::DigestMd5) else { return };
    let mut entropy = Counting(0);
    let _ = exchange.initial(&mut entropy);
    let Ok(answer) = respond(&mut exchange, input, &mut entropy) else { return };
    let text = String::from_utf8_lossy(&answer);
    let (mut quoted, mut escaped) = (false, false);
    let mut bare = String::new();
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted => bare.push(c),
            _ => {}
        }
    }
    assert!(!quoted && !escaped, "{text}");
    assert!(bare.contains("qop=auth") && !bare.contains("auth-"), "{text}");
    assert!(exchange.success(Some(b"rspauth=0")).is_err());
}

fn begin(mechanism: Mechanism) -> Option<(Exchange, Security)> {
    let bound =
        ChannelBinding::none().with_tls_exporter([0x5a; 32]).with_tls_server_end_point(vec![7; 32]);
    let security = Security::Encrypted(TlsFacts::new("TLSv1.3", "", HOST, bound));
    let offer = Offer::new([mechanism.name()]).with_channel_bindings(["tls-exporter"]);
    let credentials = match mechanism {
        Mechanism::Anonymous => Credentials::anonymous(),
        Mechanism::External => Credentials::external(None),
        _ => Credentials::new("alice", PASSWORD.into()),
    };
    let policy = Policy::only(&[mechanism]);
    let choice = choose(&policy, &offer, &credentials, &security, &Service::new(HOST)).ok()?;
    Some((choice.exchange, security))
}

fn respond(
    exchange: &mut Exchange,
    challenge: &[u8],
    entropy: &mut Counting,
) -> Result<Message, SaslError> {
    match exchange.challenge(challenge, entropy)? {
        Reply::Respond(message) => Ok(message),
        Reply::Derive(job) => {
            // PBKDF2 is what it is: rounds beyond the least are a waste of a fuzzer's time.
            if costs_much(challenge) {
                return Err(SaslError::Ended);
            }
            exchange.derived(job.run())
        }
        _ => unreachable!("a reply of a new sort"),
    }
}

fn costs_much(challenge: &[u8]) -> bool {
    let text = String::from_utf8_lossy(challenge);
    let count = text.split(",i=").nth(1).and_then(|rest| rest.split(',').next());
    count.and_then(|count| count.parse::<u64>().ok()).is_some_and(|count| count > 4096)
}

/// Changes, takes out or puts in some bytes.
fn spoil(word: &mut Vec<u8>, chance: &mut Input<'_>) {
    for _ in 0..=chance.below(3) {
        let at = chance.below(256) % (word.len() + 1);
        let byte = u8::try_from(chance.below(256)).unwrap_or_default();
        match chance.below(3) {
            0 if at < word.len() => word[at] = byte,
            1 if at < word.len() => drop(word.remove(at)),
            _ => word.insert(at, byte),
        }
    }
}

/// Nobody is taken for who knows the password but who does.
fn proved(authenticated: &Authenticated, word: &[u8], truth: Option<&[u8]>) {
    let mechanism = authenticated.mechanism();
    let proves = mechanism.is_scram() || mechanism == Mechanism::DigestMd5;
    assert_eq!(authenticated.is_mutual(), proves, "{mechanism}");
    if proves {
        // A proof may come in a challenge, and the success be empty; it may have extensions behind it.
        let truth = truth.unwrap_or_default();
        let shown = String::from_utf8_lossy(word);
        assert!(word.is_empty() || proof(word) == proof(truth), "{mechanism}: {shown}");
        assert!(!truth.is_empty(), "{mechanism}: nobody has proved anything: {shown}");
    }
}

/// The value of `v=` or `rspauth=`.
fn proof(word: &[u8]) -> String {
    let text = String::from_utf8_lossy(word);
    let parts = text.split(',').map(str::trim);
    let value = parts.filter_map(|part| part.split_once('=')).find_map(|(name, value)| {
        let name = name.trim();
        (name == "v" || name.eq_ignore_ascii_case("rspauth")).then(|| value.trim().to_owned())
    });
    value.unwrap_or_default().replace(['"', '\\'], "")
}

impl Honest {
    fn of(mechanism: Mechanism, security: &Security) -> Self {
        if mechanism == Mechanism::DigestMd5 {
            return Self::Digest(DigestMd5Server::new("realm", "nonce"));
        }
        let keys = ScramKeys::derive(mechanism, &Secret::from(PASSWORD), b"salt of four", 4096);
        let server = keys.and_then(|keys| ScramServer::with_keys(mechanism, "server", keys));
        let binding = security.channel_binding().cloned().unwrap_or_default();
        server.map_or(Self::Done, |it| Self::Scram(Box::new(it.with_channel_binding(binding))))
    }

    /// What it says to that, if it says anything.
    fn answer(&mut self, said: &[u8]) -> Option<Vec<u8>> {
        match std::mem::replace(self, Self::Done) {
            Self::Scram(mut server) => match server.first(said) {
                Ok((_, challenge)) => {
                    *self = Self::Scram(server);
                    Some(challenge)
                }
                Err(_) => server.finish(said).ok(),
            },
            Self::Digest(server) if said.is_empty() => {
                let challenge = server.challenge();
                *self = Self::Digest(server);
                Some(challenge)
            }
            Self::Digest(server) => {
                let login = server.read(said).ok()?;
                login.verify(&Secret::from(PASSWORD)).ok()
            }
            Self::Done => None,
        }
    }
}
