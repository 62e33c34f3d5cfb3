use crate::Offer;

/// Between two entries of a list (XEP-0474).
const ENTRY: &str = "\u{1e}";

/// Between the mechanisms and the channel-binding types.
const LIST: char = '\u{1f}';

/// What a server hashes for downgrade protection (XEP-0474): the mechanisms it offers, sorted by
/// their bytes, and the channel-binding types, if there are any, in the same way.
pub(crate) fn list(offer: &Offer<'_>) -> String {
    let mut text = joined(&offer.mechanisms);
    if let Some(types) = offer.channel_bindings.as_ref().filter(|types| !types.is_empty()) {
        text.push(LIST);
        text.push_str(&joined(types));
    }
    text
}

fn joined(entries: &[&str]) -> String {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    sorted.join(ENTRY)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::list;
    use crate::{Mechanism, Offer, scram::hash::Hash};

    const EJABBERD: [&str; 9] = [
        "X-OAUTH2",
        "SCRAM-SHA-512-PLUS",
        "SCRAM-SHA-512",
        "SCRAM-SHA-256-PLUS",
        "SCRAM-SHA-256",
        "SCRAM-SHA-1-PLUS",
        "SCRAM-SHA-1",
        "PLAIN",
        "DIGEST-MD5",
    ];

    fn hash(mechanism: Mechanism, offer: &Offer<'_>) -> String {
        STANDARD.encode(Hash::of(mechanism).unwrap().digest(list(offer).as_bytes()))
    }

    #[test]
    fn example_of_xep_0474() {
        let offer = Offer::new(["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"])
            .with_channel_bindings(["tls-server-end-point", "tls-exporter"]);
        assert_eq!(hash(Mechanism::ScramSha1, &offer), "G6k/rBLDqgOhRRaCuuatSDFkJ08=");
    }

    /// As recorded from ejabberd 24.12.
    #[test]
    fn what_ejabberd_sends() {
        let offer =
            Offer::new(EJABBERD).with_channel_bindings(["tls-server-end-point", "tls-exporter"]);
        assert_eq!(hash(Mechanism::ScramSha1, &offer), "LGz4+4jvLoL374CSlwGhHgMdDOY=");
        assert_eq!(
            hash(Mechanism::ScramSha256Plus, &offer),
            "11cb63oBZmKrinT9zw7ptWiB4u01dYN+BJPDIRDl32c="
        );
        assert_eq!(
            hash(Mechanism::ScramSha512, &offer),
            "+U543FVsx3Vn3XxvKgtbvGyx139LMQlof0A4bH5diAbU/EJttYXVJuSdIwsGSWP0YNrhQendTPp7NBUjrLSa9g=="
        );
    }

    /// As recorded from Prosody 13: with TLS 1.3, and without TLS.
    #[test]
    fn what_prosody_sends() {
        let offer = Offer::new([
            "SCRAM-SHA-256",
            "SCRAM-SHA-1-PLUS",
            "PLAIN",
            "SCRAM-SHA-256-PLUS",
            "SCRAM-SHA-1",
        ])
        .with_channel_bindings(["tls-server-end-point", "tls-exporter"]);
        assert_eq!(
            hash(Mechanism::ScramSha256, &offer),
            "HsVT3zgfiif56i/w96g+XTr+Rx/Yfkw1VkxOAdVb9Wk="
        );
        let offer = Offer::new(["SCRAM-SHA-256", "PLAIN", "SCRAM-SHA-1"]);
        assert_eq!(
            hash(Mechanism::ScramSha256, &offer),
            "J++Diu+JubnE6dLVvZjjI5KHnheOLsUSQWiw/prdbAA="
        );
    }
}
