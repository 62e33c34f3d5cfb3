use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// The data of `tls-server-end-point` (RFC 5929 §4.1): the hash of the whole certificate, by the
/// hash function of the certificate's signature, MD5 and SHA-1 replaced by SHA-256.
///
/// `None` where the signature has no single hash function of its own (Ed25519, post-quantum):
/// there the type is undefined.
pub(crate) fn hash(certificate: &[u8]) -> Option<Vec<u8>> {
    Some(match signature_hash(certificate)? {
        Hash::Sha224 => Sha224::digest(certificate).to_vec(),
        Hash::Sha256 => Sha256::digest(certificate).to_vec(),
        Hash::Sha384 => Sha384::digest(certificate).to_vec(),
        Hash::Sha512 => Sha512::digest(certificate).to_vec(),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;
/// `[0]`, explicit: the hash algorithm among the parameters of RSASSA-PSS (RFC 4055 §3.1).
const PSS_HASH: u8 = 0xa0;

/// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }`
/// (RFC 5280 §4.1), `AlgorithmIdentifier ::= SEQUENCE { algorithm, parameters }` (§4.1.1.2).
fn signature_hash(certificate: &[u8]) -> Option<Hash> {
    let (fields, _) = read(certificate, SEQUENCE)?;
    let (_, fields) = read(fields, SEQUENCE)?;
    let (algorithm, _) = read(fields, SEQUENCE)?;
    let (oid, parameters) = read(algorithm, OID)?;
    match oid {
        // 1.2.840.113549.1.1.x: RSA PKCS#1 v1.5
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, rsa] => match rsa {
            4 | 5 | 11 => Some(Hash::Sha256), // with MD5, SHA-1, SHA-256
            12 => Some(Hash::Sha384),
            13 => Some(Hash::Sha512),
            14 => Some(Hash::Sha224),
            10 => pss_hash(parameters),
            _ => None,
        },
        // 1.2.840.10045.4: ECDSA with SHA-1, then SHA-2
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01] => Some(Hash::Sha256),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, sha2] => match sha2 {
            1 => Some(Hash::Sha224),
            2 => Some(Hash::Sha256),
            3 => Some(Hash::Sha384),
            4 => Some(Hash::Sha512),
            _ => None,
        },
        _ => None,
    }
}

fn pss_hash(parameters: &[u8]) -> Option<Hash> {
    // RFC 4055 §3.1: every parameter may be left out, the hash is SHA-1 then.
    let (parameters, _) = read(parameters, SEQUENCE)?;
    let Some((algorithm, _)) = read(parameters, PSS_HASH) else {
        return Some(Hash::Sha256);
    };
    let (algorithm, _) = read(algorithm, SEQUENCE)?;
    match read(algorithm, OID)?.0 {
        [0x2b, 0x0e, 0x03, 0x02, 0x1a] => Some(Hash::Sha256), // SHA-1
        // 2.16.840.1.101.3.4.2.x
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, sha2] => match sha2 {
            1 => Some(Hash::Sha256),
            2 => Some(Hash::Sha384),
            3 => Some(Hash::Sha512),
            4 => Some(Hash::Sha224),
            _ => None,
        },
        _ => None,
    }
}

/// Reads one DER value of type `tag`: its content, and what follows it.
fn read(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    if found != tag {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..0x80 => (short, rest),
        long => {
            // At most 4 bytes of length: no certificate is longer than 4 GiB.
            let (bytes, rest) = rest.split_at_checked(long - 0x80).filter(|(b, _)| b.len() <= 4)?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;

    fn certificate(name: &str) -> Vec<u8> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        fs::read(path.join(name).with_extension("der")).unwrap()
    }

    /// The certificates were made by OpenSSL, their hashes by coreutils' `sha…sum`.
    #[test]
    fn equals_what_others_compute() {
        let hashes = include_str!("../tests/data/hashes.txt");
        assert_eq!(hashes.lines().count(), 15);
        for (name, expected) in hashes.lines().filter_map(|line| line.split_once(' ')) {
            let hash = hash(&certificate(name)).unwrap();
            assert_eq!(jabber_security::hex(hash), expected, "{name}");
        }
    }

    #[test]
    fn undefined_without_a_hash_of_its_own() {
        for name in ["ed25519", "ed448"] {
            assert_eq!(hash(&certificate(name)), None, "{name}");
        }
    }

    #[test]
    fn any_damage_is_survived() {
        for name in ["pss-sha256", "ecdsa-sha384"] {
            let whole = certificate(name);
            for length in 0..whole.len() {
                assert_eq!(hash(&whole[..length]), None, "{name}, cut to {length}");
            }
            for position in 0..whole.len() {
                for value in [0x00, 0x30, 0x7f, 0x80, 0x84, 0x85, 0xff] {
                    let mut damaged = whole.clone();
                    damaged[position] = value;
                    let _ = hash(&damaged);
                }
            }
        }
        assert_eq!(hash(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
