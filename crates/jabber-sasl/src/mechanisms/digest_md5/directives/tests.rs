use super::{Directives, quote};
use crate::SaslError;

fn parse(text: &str) -> Result<Vec<(String, String)>, SaslError> {
    Directives::parse(text.as_bytes()).map(|directives| directives.entries)
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn spaces_empty_elements_and_case_do_not_matter() {
    let expected = pairs(&[("realm", "a b"), ("nonce", "x"), ("qop", "auth")]);
    for text in [
        "realm=\"a b\",nonce=\"x\",qop=\"auth\"",
        "realm=\"a b\", nonce=\"x\", qop=\"auth\"",
        ",, Realm = \"a b\" ,\t\r\n,NONCE= x,,qop=auth,",
    ] {
        assert_eq!(parse(text).as_ref(), Ok(&expected), "{text}");
    }
}

#[test]
fn quotes_hide_commas_and_escapes_are_undone() {
    let text = r#"realm="a,b=\"c\\d\"é",nonce="""#;
    assert_eq!(parse(text).unwrap(), pairs(&[("realm", "a,b=\"c\\d\"é"), ("nonce", "")]));
    assert_eq!(quote("realm", "a\"b\\c"), r#"realm="a\"b\\c""#);
}

#[test]
fn only_realm_may_be_repeated() {
    assert_eq!(parse("realm=a,realm=b").unwrap().len(), 2);
    assert!(parse("nonce=a,nonce=a").is_err());
    assert!(parse("unknown=a,UNKNOWN=b").is_err());
}

#[test]
fn malformed_ones_are_refused() {
    for text in ["nonce", "=a", "no nce=a", "nonce=", "nonce=\"a", "nonce=\"a\\", "nonce=\"a\"b=c"]
    {
        assert!(parse(text).is_err(), "{text}");
    }
    assert!(Directives::parse(b"realm=\"\xff\"").is_err());
    assert!(parse(&"realm=a,".repeat(65)).is_err());
}
