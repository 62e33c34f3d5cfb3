//! `features`: every crate builds with no feature and with each of its features alone.

use crate::context::{Context, Failure, Outcome, Report};
use crate::layers::OUTSIDE;
use crate::metadata::{Metadata, Package};
use crate::shell::Run;

/// `features`.
pub(crate) fn run(context: &Context, args: &[String]) -> Outcome {
    let metadata = Metadata::read(context, &context.root, None)?;
    let wanted = |package: &&Package| {
        let product = !OUTSIDE.contains(&package.name.as_str());
        product && (args.is_empty() || args.contains(&package.name))
    };
    let mut failed = Vec::new();
    let mut checked = 0_usize;
    for package in metadata.members.iter().filter(wanted) {
        for feature in alone(package) {
            let run = Run::new(
                context,
                "cargo clippy --quiet --locked --no-deps --no-default-features -p",
            );
            let run = run.arg(&package.name);
            let run = if let Some(feature) = feature { run.args(["-F", feature]) } else { run };
            checked += 1;
            if let Err(failure) = run.args(["--", "-D", "warnings"]).run() {
                failed.push(failure.0);
            }
        }
    }
    if failed.is_empty() {
        return Ok(Report::of(format!("{checked} combinations")));
    }
    Err(Failure(failed.join("\n")))
}

/// No feature, then each alone; only no feature for a crate that has none.
fn alone(package: &Package) -> Vec<Option<&str>> {
    let features = package.features.keys().filter(|name| *name != "default");
    std::iter::once(None).chain(features.map(|name| Some(name.as_str()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alone() {
        let features = ["default", "serde", "tracing"].map(|name| (name.to_owned(), Vec::new()));
        let package = Package { features: features.into(), ..Package::default() };
        assert_eq!(alone(&package), [None, Some("serde"), Some("tracing")]);
    }
}
