//! Values as Lua writes them.

/// A string: every byte as a number, so that no content needs a rule of its own.
pub(super) fn string(text: &str) -> String {
    let bytes: String = text.bytes().map(|byte| format!("\\{byte:03}")).collect();
    format!("\"{bytes}\"")
}

/// A list of strings.
pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| format!("{text:?}")).collect();
    format!("{{ {} }}", texts.join(", "))
}
