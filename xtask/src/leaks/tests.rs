use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::*;

const ODD: &str = "pä?s>~'s <&\" Ω";

fn searcher() -> Searcher {
    let list = List::of(&format!("# of tests\n{ODD}\n\n[words]\nsecret\n"));
    Searcher::new(&list.passwords, &list.words)
}

#[track_caller]
fn found(text: &str) -> String {
    searcher().leaks(text).join("; ")
}

#[test]
fn a_search_of_nothing_is_no_search() {
    let summary = ["     Summary [ 1.0s] 60 tests run: 60 passed, 0 skipped".to_owned()];
    let case = |printed: &str| junit::Case { name: "it".to_owned(), printed: printed.to_owned() };
    let silent: Vec<_> = (0..60).map(|_| case("")).collect();
    assert!(stored(&silent, &summary).is_err());
    assert!(stored(&[], &summary).is_err());
    let mut one = silent;
    one.push(case("something"));
    assert!(stored(&one, &summary).is_ok());
    assert!(stored(&[], &["3 tests run: 3 passed".to_owned()]).is_ok());
}

#[test]
fn a_password_is_found_in_every_encoding() {
    let hex: String = ODD.bytes().map(|byte| format!("{byte:02x}")).collect();
    let planted = [
        ("as it is", ODD.to_owned()),
        ("as XML escapes it", "pä?s&gt;~&apos;s &lt;&amp;&quot; Ω".to_owned()),
        ("as XML escapes it", "pä?s>~'s &lt;&amp;\" Ω".to_owned()),
        ("in decimal references", "p&#228;?s&#62;~&#39;s &#60;&#38;&#34; &#937;".to_owned()),
        (
            "in hexadecimal references",
            "p&#xe4;?s&#x3e;~&#x27;s &#x3c;&#x26;&#x22; &#x3a9;".to_owned(),
        ),
        ("as Rust's Debug has it", format!("{ODD:?}")),
        ("as a list of bytes", format!("{:?}", ODD.as_bytes())),
        ("as a list of bytes", format!("{:#?}", ODD.as_bytes())),
        ("as JSON escapes it", "p\\u00e4?s>~'s <&\" \\u03a9".to_owned()),
        ("in hexadecimal", hex.to_uppercase()),
        ("in hexadecimal", hex),
        ("as a URL encodes it", "p%C3%A4%3Fs%3E~%27s%20%3C%26%22%20%CE%A9".to_owned()),
        ("as a URL encodes it", "p%c3%a4%3fs%3e~%27s+%3c%26%22+%ce%a9".to_owned()),
    ];
    for (how, text) in planted {
        let wanted = format!("the password of line 2, {how}");
        assert!(found(&format!("x {text}y")).contains(&wanted), "{how}: {text}");
    }
}

#[test]
fn base64_is_found_at_each_alignment() {
    for before in ["", "a", "ab", "abc", "\0alice\0"] {
        for after in ["", "z", "zz", "zzz"] {
            let message = format!("{before}{ODD}{after}");
            for text in [STANDARD.encode(&message), URL_SAFE.encode(&message)] {
                assert_eq!(found(&text), "the password of line 2, in base64", "{message:?}");
            }
        }
    }
    // A password in which the two alphabets differ.
    assert!(
        STANDARD.encode(ODD).contains(['+', '/'])
            || STANDARD.encode(format!("a{ODD}")).contains(['+', '/'])
    );
}

#[test]
fn words_are_found_where_they_are_passwords() {
    assert_eq!(found("a secret is a secret: <body>secret</body>"), "");
    assert_eq!(found(&STANDARD.encode("a secret")), "");
    let plain = STANDARD.encode("\0alice\0secret");
    assert_eq!(found(&format!("<auth>{plain}</auth>")), "the word of line 5 in a message of PLAIN");
    assert_eq!(
        found("<query><password>secret</password></query>"),
        "the word of line 5 as a <password/>"
    );
}

#[test]
fn proofs_are_found_by_their_shape() {
    let proof = "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";
    let last = format!("c=biws,r=fyko,p={proof}");
    assert_eq!(found(&last), "a proof of SCRAM");
    assert_eq!(
        found(&format!("<response>{}</response>", STANDARD.encode(&last))),
        "a proof of SCRAM"
    );
    let signature = STANDARD.encode("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
    assert_eq!(found(&format!("<success>{signature}</success>")), "a signature of SCRAM");
    let hex = "d388dad90d4bbd760a152321f2143af7";
    assert_eq!(found(&format!("charset=utf-8,response={hex}")), "a response of DIGEST-MD5");
    assert_eq!(found(&format!("<handshake>{hex}01234567</handshake>")), "a handshake of XEP-0114");
    for harmless in
        ["c=biws,r=fyko,p=[redacted]", "response=auth", "<handshake/>", ",p=tls-exporter,"]
    {
        assert_eq!(found(harmless), "");
    }
}

#[test]
fn a_report_is_read_by_tests() {
    let report = "<testsuite><testcase name=\"a::b\" classname=\"jabber::lies\" time=\"0.1\">\
        <system-out>x &lt;y&gt; &#233;</system-out><system-err>&amp;amp;</system-err></testcase>\
        <testcase name=\"c\" classname=\"d\"/></testsuite>";
    let cases: Vec<_> = junit::cases(report).map(|case| (case.name, case.printed)).collect();
    let case = |name: &str, printed: &str| (name.to_owned(), printed.to_owned());
    assert_eq!(cases, [case("jabber::lies a::b", "x <y> é\n&amp;"), case("d c", "")]);
}
