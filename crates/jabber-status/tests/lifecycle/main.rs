//! The grammar against an independent one, row by row, and by what it must refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod contract;
mod equivalence;
mod expression;
mod filtered;
mod phases;
mod table;
mod violations;
mod walk;

use jabber_status::{Kind, Lifecycle, Shape};

/// The four dialects of this project, by property.
const XMPP: Shape = Shape::new().with_tls().with_restart().with_bind().with_session().with_resume();
const LEGACY: Shape = Shape::new();
const COMPONENT: Shape = Shape::new();
const JABBERD20: Shape = Shape::new().with_tls().with_restart().with_bind();

/// Shapes that nobody has yet; the grammar is defined for them too.
const SASL_ONLY: Shape = Shape::new().with_tls().with_restart();
const BIND_WITHOUT_RESTART: Shape = Shape::new().with_bind().with_session();

const SHAPES: [Shape; 6] = [XMPP, LEGACY, COMPONENT, JABBERD20, SASL_ONLY, BIND_WITHOUT_RESTART];

/// Kinds by their names without `PCJ_`.
fn kinds(names: &str) -> Vec<Kind> {
    let kind = |name| Kind::from_name(&format!("PCJ_{name}")).unwrap_or_else(|| panic!("{name}"));
    names.split_whitespace().map(kind).collect()
}

/// After those kinds, each of which must be allowed.
fn after(shape: Shape, names: &str) -> Lifecycle {
    let mut life = Lifecycle::of(shape);
    for kind in kinds(names) {
        life.check(kind).unwrap_or_else(|violation| panic!("{names}: {violation}"));
    }
    life
}
