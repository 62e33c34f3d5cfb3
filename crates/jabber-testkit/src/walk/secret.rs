//! Finds a password in what is sent and told.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// A password, in the forms in which it can cross a pipe.
#[derive(Debug)]
pub(crate) struct Forms(Vec<Vec<u8>>);

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Forms {
    pub(crate) fn of(password: &str) -> Self {
        if password.is_empty() {
            return Self(Vec::new());
        }
        let escaped = password.replace('&', "&amp;").replace('<', "&lt;");
        let quoted = format!("{password:?}").trim_matches('"').to_owned();
        let mut forms: Vec<_> = [password.to_owned(), escaped, quoted].map(Into::into).into();
        forms.dedup();
        Self(forms)
    }

    /// Whether it is in there: as it is, as XML writes it, or in something written in base64.
    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        !self.0.is_empty() && (self.plainly(bytes) || encoded(bytes).any(|it| self.plainly(&it)))
    }

    fn plainly(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
    }
}

/// What the runs of base64 among the bytes say.
fn encoded(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let runs = bytes.split(move |byte| !is_base64(byte)).filter(|run| run.len() >= 4);
    runs.filter_map(|run| LENIENT.decode(run).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_in_every_form() {
        let forms = Forms::of("won<der&land");
        for text in [
            "<a>won&lt;der&amp;land</a>",
            "text won<der&land text",
            "<auth>AGFsaWNlAHdvbjxkZXImbGFuZA==</auth>",
            "<auth>AGFsaWNlAHdvbjxkZXImbGFuZA</auth>",
        ] {
            assert!(forms.are_in(text.as_bytes()), "{text}");
        }
        for text in ["", "<a>wonderland</a>", "<auth>AGFsaWNlAA==</auth>"] {
            assert!(!forms.are_in(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn no_password_is_nowhere() {
        assert!(!Forms::of("").are_in(b"anything"));
    }
}
