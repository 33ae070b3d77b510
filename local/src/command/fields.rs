//! The fields that several commands have.

use super::rule::Rule;
use super::shape::{Field, Shape};

/// A name to be made: what is wrong with it, missing included, is for the rule on names to say.
pub(crate) const NEW_NAME: Field = Field::text("name");
pub(crate) const NAME: Field = Field::text("name").rules(&[Rule::NotEmpty]);
pub(crate) const DEFINITION: Field = Field::object("definition").rules(&[Rule::Given]);

pub(crate) const FILTER: Field = Field::clause("filter").property("filterDefinition");
pub(crate) const SORT: Field = Field::clause("sort").property("sortDefinition");
pub(crate) const PROJECTION: Field = Field::json("projection").property("projectionDefinition");
pub(crate) const LIMIT: Field = Field::integer("limit").rules(&[Rule::Positive]);
/// With the name it had at first.
pub(crate) const PAGE_STATE: Field = Field::text("pageState").alias("pagingState");

pub(crate) const EXPLAIN: Field = Field::shape("options", &Shape::of(&[Field::flag("explain")]));
pub(crate) const IF_EXISTS: Field = Field::shape("options", &Shape::of(&[Field::flag("ifExists")]));
pub(crate) const IF_NOT_EXISTS: Field =
    Field::shape("options", &Shape::of(&[Field::flag("ifNotExists")]));
