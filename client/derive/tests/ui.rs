//! What the compiler says when a derive is used wrongly: `tests/ui`. What it makes when it is used
//! rightly is tested where it is used, in astra-db.

#[test]
fn wrong_uses_are_refused_where_they_are_written() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
