//! The table of commands, from which the help is made too.

use crate::context::{Context, Outcome};
use crate::{
    bench, build, ci, deny, features, fuzz, links, outsiders, ratchet, servers, setup, tidy, trees,
    unused,
};

/// One command of `cargo xtask`.
#[derive(Debug)]
pub(crate) struct Task {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// What may follow, for the help.
    pub(crate) arguments: &'static str,
    /// One line for the overview.
    pub(crate) summary: &'static str,
    /// The rest of the help.
    pub(crate) details: &'static str,
    /// Runs it with the arguments after its name.
    pub(crate) run: fn(&Context, &[String]) -> Outcome,
}

/// Every command, in the order of the overview.
pub(crate) static TASKS: &[Task] = &[
    Task {
        name: "ci",
        arguments: "[--fail-fast] [STEP...]",
        summary: "everything that CI does, each step timed; with STEPs only those",
        details: "Runs every step in order and goes on after a failure, so that one run shows all \
                  that is wrong.\nOnly when the set-up fails in CI does it stop at once; with \
                  --fail-fast at the first failure.\n\nThe exit code is 0 only if every step passed. \
                  Under CI=true, or JABBER_CI=1, what is missing is a failure;\nwithout it is said as \
                  a warning.",
        run: ci::run,
    },
    Task {
        name: "setup",
        arguments: "[--check]",
        summary: "installs what is missing: Debian packages (as root), cargo tools",
        details: "What is needed and why stands in one table, xtask/src/setup.rs. As root, Debian \
                  packages are installed by\napt-get; otherwise the command to run is printed. Tools \
                  written in Rust come by `cargo install --locked`.\nWhat is there already is left \
                  alone. With --check nothing is installed.",
        run: setup::run,
    },
    Task {
        name: "fmt",
        arguments: "[--fix]",
        summary: "checks the formatting; with --fix formats",
        details: "",
        run: build::fmt,
    },
    Task {
        name: "tidy",
        arguments: "",
        summary: "checks the rules that no compiler knows: layers, file lengths, purity, manifests",
        details: "- layers: a crate uses only crates on lower lines of the table in \
                  xtask/src/layers.rs;\n- purity: protocol crates name no socket, clock, thread, file \
                  or tokio;\n- dialects: each has the same six files;\n- lengths: over 400 lines is a \
                  warning, over 600 an error, the median is below 200;\n- manifests: folder name = \
                  crate name, a description, the workspace's lints, edition and licence;\n- public \
                  API: no type of a 0.x dependency that deny.toml does not list;\n- paths: nothing \
                  names a folder of somebody's machine;\n- threats: the table in docs/security.md names \
                  the tests `threat_NN_…`, and they are there.",
        run: tidy::run,
    },
    Task {
        name: "clippy",
        arguments: "",
        summary: "clippy on everything, warnings are errors",
        details: "",
        run: build::clippy,
    },
    Task {
        name: "test",
        arguments: "[ARGS...]",
        summary: "all tests and doctests; with ARGS only those, such as `-p jabber-xml`",
        details: "Uses cargo-nextest where it is installed, otherwise `cargo test`. Without \
                  arguments: the whole workspace with all\nfeatures, doctests first. With arguments \
                  they go to the runner, and doctests are left out.",
        run: build::test,
    },
    Task {
        name: "doc",
        arguments: "",
        summary: "builds the API documentation, warnings are errors",
        details: "",
        run: build::doc,
    },
    Task {
        name: "wasm",
        arguments: "",
        summary: "checks the protocol crates for wasm32, where that target is installed",
        details: "They must do no I/O and read no clock; a target that has neither is the proof.",
        run: build::wasm,
    },
    Task {
        name: "features",
        arguments: "[CRATE...]",
        summary: "checks each crate with no feature and with each of its features alone",
        details: "",
        run: features::run,
    },
    Task {
        name: "unused",
        arguments: "",
        summary: "finds dependencies that no source file names",
        details: "A dependency that is used without being named goes into the manifest's\n\
                  [package.metadata.unused] ignored = [\"name\"].",
        run: unused::run,
    },
    Task {
        name: "deny",
        arguments: "",
        summary: "licences, bans, sources and advisories of all dependencies (cargo-deny)",
        details: "Where the advisory database cannot be reached, that check is left out, loudly.",
        run: deny::run,
    },
    Task {
        name: "trees",
        arguments: "",
        summary: "counts the crates that a user takes on; README tells them, and there is a bound",
        details: "",
        run: trees::run,
    },
    Task {
        name: "outsiders",
        arguments: "[NAME...]",
        summary: "builds and runs the projects in tests/outsiders, as a user would",
        details: "Each is outside the workspace and says in its outsider.toml which crates may be \
                  in its dependency tree, and what\nits last line is when it works.",
        run: outsiders::run,
    },
    Task {
        name: "ratchet",
        arguments: "[--bless]",
        summary: "counts what a stanza costs; fails when that rose by more than 5 %",
        details: "Instructions are counted by callgrind (valgrind must be there), allocations by the \
                  program itself, and\nquick-xml's readers stand beside ours. The numbers to beat are in \
                  crates/jabber-xml/ratchet.toml; with --bless\nthe measured ones are written there, \
                  and the commit says why. What a thousand filters cost a stanza is held against what \
                  ten do.",
        run: ratchet::run,
    },
    Task {
        name: "bench",
        arguments: "[--quick] [ROW...]",
        summary: "measures what a stanza costs, beside other libraries, and writes docs/performance.md",
        details: "Builds bench/ and the drivers of tokio-xmpp, libstrophe (libstrophe-dev), iksemel \
                  (libiksemel-dev) and slixmpp (from\nPyPI), starts the load server and runs all of them \
                  by turns, five times, each row. A peer that cannot be built is\nskipped, loudly. The \
                  table has medians of processor time (user and system), and how many times ours that \
                  is; ours\nruns twice, which shows what the run can tell apart.\n\nThen `scale` opens 20,000 \
                  connections without TLS and 5,000 with it in one process, or as many as the system \
                  allows open\nfiles, and fails unless all are ready, all are answered, and all are \
                  back after the server was away.\n\nWith --quick twice and a quarter of the work, and \
                  a tenth of the connections. With ROWs, parts of rows' names, only\nthose, and no table \
                  is written; `scale` is one of them, and its section of the document is written \
                  whenever it has run.\nIt is not a step of CI: what it finds depends on the machine. `ratchet` is.",
        run: bench::run,
    },
    Task {
        name: "rig",
        arguments: "",
        summary: "checks bench/, which is outside the workspace: no warnings, and its tests pass",
        details: "The peers' drivers are left out: `bench` builds them.",
        run: bench::check,
    },
    Task {
        name: "servers",
        arguments: "up|down|status prosody|ejabberd|jabberd2|prosody13|ejabberd24 [DIR]",
        summary: "a real server in the background, for experiments by hand",
        details: "The same servers that the tests start, in one folder (by default \
                  target/servers/NAME), on free ports of loopback,\nwithout systemd. `up` returns \
                  when it answers, and prints ports, accounts and how to connect; `down` ends it\nand \
                  removes its files. As root the server runs as its package's account, and its files \
                  are in /tmp where that\naccount cannot reach DIR.",
        run: servers::run,
    },
    Task {
        name: "fuzz",
        arguments: "[--minutes N] [TARGET...]",
        summary: "looks for input that breaks what must hold, a minute in all, or N for each target",
        details: "The targets are scanner, header, second_opinion and element (XML), filter, features, \
                  sasl, digest_md5, jid,\naddress, certificates and connection (bytes in, effects out, in every dialect); \
                  they and their corpora are in fuzz/. The stable toolchain is enough,\nwith a C++ \
                  compiler for libFuzzer. What is found is kept in the target folder, under \
                  fuzz/artifacts; new inputs under\nfuzz/corpus. Where it cannot be built, that is \
                  said loudly and is no failure: the tests run over the corpora and over\nrandom inputs \
                  without.",
        run: fuzz::run,
    },
    Task {
        name: "typos",
        arguments: "",
        summary: "checks the spelling",
        details: "",
        run: build::typos,
    },
    Task {
        name: "links",
        arguments: "",
        summary: "checks the links between the documents, headings included",
        details: "",
        run: links::run,
    },
];

impl Task {
    /// The help of this command.
    pub(crate) fn help(&self, context: &Context) -> String {
        let usage = context.paint("1", &format!("cargo xtask {} {}", self.name, self.arguments));
        let steps = if self.name == "ci" { ci::list(context) } else { String::new() };
        let gap = if self.details.is_empty() { "" } else { "\n" };
        format!("{}: {}\n\nUsage: {usage}\n{gap}{}\n{steps}", self.name, self.summary, self.details)
    }
}

/// The help that lists every command.
pub(crate) fn overview(context: &Context) -> String {
    let mut text = format!("{}\n\n", context.paint("1", "Usage: cargo xtask COMMAND [ARGUMENTS]"));
    for task in TASKS {
        let name = format!("{:<11}", task.name);
        text.push_str(&format!("  {} {}\n", context.paint("1;36", &name), task.summary));
    }
    text.push_str("\n`cargo xtask COMMAND --help` says more. CI runs `cargo xtask ci`.\n");
    text
}
