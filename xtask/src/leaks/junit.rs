//! nextest's report in the form of JUnit: each test with what it printed.

/// One test of the report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// Its binary and its name.
    pub(crate) name: String,
    /// Its standard output and error, nothing escaped.
    pub(crate) printed: String,
}

/// The tests of a report.
pub(crate) fn cases(report: &str) -> impl Iterator<Item = Case> {
    report.split("<testcase ").skip(1).map(|case| {
        let (tag, rest) = case.split_once('>').unwrap_or((case, ""));
        let printed = ["<system-out", "<system-err", "<failure", "<error", "<flakyFailure"]
            .iter()
            .flat_map(|start| rest.match_indices(start))
            .filter_map(|(at, _)| rest.get(at..)?.split_once('>')?.1.split("</").next())
            .map(unescape)
            .collect::<Vec<_>>();
        let attribute = |name: &str| {
            let (_, value) = tag.split_once(&format!("{name}=\""))?;
            value.split('"').next().map(unescape)
        };
        let binary = attribute("classname").unwrap_or_default();
        // `classname="…"` ends in `name="…"` too.
        let name = attribute(" name").or_else(|| attribute("name")).unwrap_or_default();
        Case { name: format!("{binary} {name}"), printed: printed.join("\n") }
    })
}

/// References by name and number are what they stand for.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let known = after.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest)));
        match known {
            Some((c, behind)) => {
                plain.push(c);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain + rest
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
