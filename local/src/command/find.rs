//! `find` and `findOne`.

use super::arguments::{Argument, Arguments};
use super::fields::{FILTER, LIMIT, PAGE_STATE, PROJECTION, SORT};
use super::rule::Rule;
use super::shape::{Field, Shape, invalid};
use super::{Clauses, Command};
use crate::error::ApiError;
use crate::limits::Limits;

#[derive(Debug)]
pub(crate) struct Find {
    pub(crate) clauses: Clauses,
    pub(crate) limit: Option<u32>,
    pub(crate) skip: Option<u32>,
    pub(crate) page_state: Option<String>,
    pub(crate) include_similarity: bool,
    pub(crate) include_sort_vector: bool,
}

impl Command for Find {
    const SHAPE: Shape = Shape::of(&[
        FILTER,
        PROJECTION,
        SORT,
        Field::shape(
            "options",
            &Shape::of(&[
                LIMIT,
                Field::integer("skip").rules(&[Rule::NotNegative]),
                PAGE_STATE,
                Field::flag("includeSimilarity"),
                Field::flag("includeSortVector"),
            ]),
        ),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        Ok(Self {
            clauses: Clauses::take(arguments),
            limit: options.count("limit"),
            skip: options.count("skip"),
            page_state: options.text("pageState"),
            include_similarity: options.is_on("includeSimilarity"),
            include_sort_vector: options.is_on("includeSortVector"),
        })
    }

    /// What skip and limit may be depends on the sort. One that is there but empty is as good as any; only `$vector`
    /// counts as a search for vectors here.
    fn violation(arguments: &Arguments, limits: &Limits) -> Option<ApiError> {
        const SKIP: &str = "command.options.skip";
        let Some(Argument::Arguments(options)) = arguments.get("options") else {
            return None;
        };
        let has_skip = options.get("skip").is_some();
        let Some(Argument::Json(sort)) = arguments.get("sort") else {
            return has_skip.then(|| invalid(SKIP, "can be used only with a sort"));
        };
        if sort
            .as_object()
            .is_none_or(|sort| !sort.contains_key("$vector"))
        {
            return None;
        }
        if has_skip {
            return Some(invalid(SKIP, "cannot be used with a vector sort"));
        }
        let most = limits.vector_search;
        match options.get("limit") {
            Some(Argument::Integer(limit)) if i64::from(*limit) > i64::from(most) => {
                let problem = format!("must be at most {most} for a vector sort; it is {limit}");
                Some(invalid("command.options.limit", &problem))
            }
            _ => None,
        }
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

#[derive(Debug)]
pub(crate) struct FindOne {
    pub(crate) clauses: Clauses,
    pub(crate) include_similarity: bool,
    pub(crate) include_sort_vector: bool,
}

impl Command for FindOne {
    const SHAPE: Shape = Shape::of(&[
        FILTER,
        PROJECTION,
        SORT,
        Field::shape(
            "options",
            &Shape::of(&[
                Field::flag("includeSimilarity"),
                Field::flag("includeSortVector"),
            ]),
        ),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        Ok(Self {
            clauses: Clauses::take(arguments),
            include_similarity: options.is_on("includeSimilarity"),
            include_sort_vector: options.is_on("includeSortVector"),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}
