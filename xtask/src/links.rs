//! `links`: the links between the documents lead somewhere, headings included.

use std::path::{Component, Path, PathBuf};

use crate::context::{Context, Failure, Outcome, Report};
use crate::source::{self, File};

/// `links`.
pub(crate) fn run(context: &Context, _args: &[String]) -> Outcome {
    let files = source::files(&context.root, "")?;
    let documents: Vec<_> = files.iter().filter(|file| file.path.ends_with(".md")).collect();
    let mut checked = 0_usize;
    let mut broken = Vec::new();
    for document in &documents {
        for (line, link) in links(&document.text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            if let Some(fault) = fault(context, &documents, document, &link) {
                broken.push(format!("{}:{line}: {link}: {fault}", document.path));
            }
        }
    }
    if broken.is_empty() {
        return Ok(Report::of(format!("{checked} links in {} documents", documents.len())));
    }
    Err(Failure(format!("broken links:\n  {}", broken.join("\n  "))))
}

fn fault(context: &Context, documents: &[&File], from: &File, link: &str) -> Option<&'static str> {
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() {
        from.path.clone()
    } else {
        let folder = Path::new(&from.path).parent().unwrap_or(Path::new(""));
        let Some(target) = normal(&folder.join(path)) else { return Some("leaves the repository") };
        if !context.root.join(&target).exists() {
            return Some("does not exist");
        }
        source::relative(Path::new(""), &target)
    };
    let document = documents.iter().find(|file| file.path == target)?;
    let missing = !heading.is_empty() && !anchors(&document.text).iter().any(|a| a == heading);
    missing.then_some("no such heading")
}

/// The path without `.` and `..`, or nothing where it leads out.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => normal.push(name),
            Component::ParentDir if normal.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(normal)
}

/// Link targets with their lines, code apart: `[text](target)` and `[label]: target`.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, text) in prose(text) {
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let (target, after) = after.split_once(')').unwrap_or((after, ""));
            found.push((line, target.split_whitespace().next().unwrap_or_default().to_owned()));
            rest = after;
        }
        if let Some((_, target)) = text.strip_prefix('[').and_then(|text| text.split_once("]: ")) {
            found.push((line, target.trim().to_owned()));
        }
    }
    found
}

/// The lines outside of code blocks, with code spans removed.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let plain: String = line.split('`').step_by(2).collect();
            lines.push((number + 1, plain));
        }
    }
    lines
}

/// The anchors of a document's headings, as code hosts make them.
fn anchors(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut anchors: Vec<String> = Vec::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        if fenced || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let same = anchors.iter().filter(|known| **known == anchor).count();
        anchors.push(if same == 0 { anchor } else { format!("{anchor}-{same}") });
    }
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_outside_of_code() {
        let text = "see [a](b.md#c \"title\") and [d](e), `[f](g)`\n```\n[h](i)\n```\n[j]: k.md\n";
        let found = links(text);
        assert_eq!(found, [(1, "b.md#c".into()), (1, "e".into()), (5, "k.md".into())]);
    }

    #[test]
    fn headings_become_anchors() {
        let text = "# The `wire.rs` file, and others\n## Same\n## Same\n```\n# no\n```\n";
        assert_eq!(anchors(text), ["the-wirers-file-and-others", "same", "same-1"]);
    }

    #[test]
    fn faults_are_named() {
        let context = Context { root: PathBuf::from("/nowhere"), strict: false, colour: false };
        let file = File { path: "docs/a.md".to_owned(), text: "# One\n".to_owned() };
        let of = |link: &str| fault(&context, &[&file], &file, link);
        assert_eq!(of("#one"), None);
        assert_eq!(of("#two"), Some("no such heading"));
        assert_eq!(of("b.md"), Some("does not exist"));
        assert_eq!(of("../../b.md"), Some("leaves the repository"));
    }
}
