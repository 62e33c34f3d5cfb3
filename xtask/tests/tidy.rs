//! The workspace keeps its own rules: `cargo xtask tidy`, as a test.

#[test]
fn the_workspace_is_tidy() {
    assert_eq!(xtask::untidy().unwrap(), Vec::<String>::new());
}
