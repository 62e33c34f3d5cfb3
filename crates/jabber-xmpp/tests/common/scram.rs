//! The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), independent of the client's.

use std::sync::OnceLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{Run, sasl};

const PASSWORD: &str = "wonderland";
static SALTED: OnceLock<[u8; 32]> = OnceLock::new();

#[derive(Default)]
pub struct Scram {
    auth_message: String,
}

impl Scram {
    /// Answers the `<auth/>` that the run has sent last.
    pub fn challenge(&mut self, run: &Run) -> String {
        let first = decode(run);
        let bare = first.strip_prefix("n,,").expect("no channel binding");
        let nonce = bare.split_once(",r=").expect("a nonce").1;
        let challenge = format!("r={nonce}theirs,s={},i=4096", STANDARD.encode("salt"));
        self.auth_message = format!("{bare},{challenge}");
        sasl("challenge", &STANDARD.encode(challenge))
    }

    /// Verifies the proof in the `<response/>` that the run has sent last, and proves itself.
    pub fn success(&mut self, run: &Run) -> String {
        let last = decode(run);
        let (bare, proof) = last.split_once(",p=").expect("a proof");
        let message = format!("{},{bare}", self.auth_message);
        let salted = SALTED.get_or_init(|| {
            let mut salted = [0; 32];
            pbkdf2::pbkdf2::<Hmac<Sha256>>(PASSWORD.as_bytes(), b"salt", 4096, &mut salted)
                .unwrap();
            salted
        });
        let client_key = mac(salted, "Client Key");
        let signature = mac(&Sha256::digest(&client_key), &message);
        let expected: Vec<u8> = client_key.iter().zip(signature).map(|(a, b)| a ^ b).collect();
        assert_eq!(STANDARD.decode(proof).unwrap(), expected, "the proof");
        let signature = mac(&mac(salted, "Server Key"), &message);
        sasl("success", &STANDARD.encode(format!("v={}", STANDARD.encode(signature))))
    }
}

fn decode(run: &Run) -> String {
    String::from_utf8(STANDARD.decode(run.sent().text().as_bytes()).unwrap()).unwrap()
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
