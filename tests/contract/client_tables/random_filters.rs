//! Random filters and sorts find what the plainest evaluation in memory finds, with indexes and without.

mod filter;
mod table;

use std::cell::Cell as Counter;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use astra_db::{Row, Table};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestCaseResult, TestRunner};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::runtime::Handle;

use self::filter::{Filter, any_filter, any_partition_filter};
use self::table::{Cell, Column, Content, KEY, Use, any_rows, columns, new_tables};
use super::everywhere;

/// Rows of one page, and the most that are answered sorted in memory.
const PAGE: usize = 50;

/// The rows, and what is known of them without asking anybody.
struct Fixture {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Fixture {
    fn new() -> Self {
        let columns = columns();
        let rows = sample(&any_rows(&columns));
        Self { columns, rows }
    }

    /// The numbers of the rows a filter selects.
    fn selected(&self, filter: &Filter) -> BTreeSet<usize> {
        let holds = |number: &usize| filter.holds(&self.rows[*number]) == Some(true);
        (0..self.rows.len()).filter(holds).collect()
    }

    /// Orders rows by columns and whether they descend; rows without a value are the least.
    fn compare(&self, by: &[(usize, bool)], one: usize, other: usize) -> Ordering {
        let rank = |row: usize, column: usize| match &self.rows[row][column] {
            Cell::Scalar(value) => value.map(|value| value.rank),
            _ => unreachable!("only scalar columns are sorted by"),
        };
        let orders = by.iter().map(|(column, descending)| {
            let order = rank(one, *column).cmp(&rank(other, *column));
            if *descending { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }

    fn write(&self, filter: &Filter) -> Box<RawValue> {
        RawValue::from_string(filter.write(&self.columns)).unwrap()
    }
}

fn sample<S: Strategy>(strategy: &S) -> S::Value {
    let mut runner = TestRunner::deterministic();
    proptest::strategy::ValueTree::current(&strategy.new_tree(&mut runner).unwrap())
}

/// Tests many values, the same ones each time; `PROPTEST_CASES` says how many, `PROPTEST_RNG_SEED` which.
fn for_any<S: Strategy>(strategy: &S, test: impl AsyncFn(S::Value) -> TestCaseResult) {
    let defaults = Config::default();
    let config = Config {
        failure_persistence: None,
        rng_seed: match defaults.rng_seed {
            RngSeed::Random => RngSeed::Fixed(4),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        ..defaults
    };
    let run = |value| tokio::task::block_in_place(|| Handle::current().block_on(test(value)));
    if let Err(error) = TestRunner::new(config).run(strategy, run) {
        panic!("{error}");
    }
}

fn number(row: &Row) -> usize {
    row.read("number").unwrap()
}

async fn found(table: &Table<Row>, filter: &RawValue) -> Result<Vec<usize>, astra_db::Error> {
    let find = table.find(filter).projection(json!({"number": 1}));
    let rows = find.await?.all().await?;
    Ok(rows.iter().map(number).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn random_filters_select_what_a_plain_evaluation_selects() {
    everywhere(async |db| {
        let fixture = Fixture::new();
        let tables = new_tables(&db, &fixture.columns, &fixture.rows).await;
        let (some, all) = (Counter::new(0), Counter::new(0));
        for_any(&any_filter(&fixture.columns), async |filter| {
            let (written, expected) = (fixture.write(&filter), fixture.selected(&filter));
            for table in &tables {
                let answer = found(table, &written).await;
                let answer = answer.map_err(|error| failed(table, &written, &error))?;
                let different: BTreeSet<_> = answer.iter().copied().collect();
                prop_assert_eq!(
                    different.len(),
                    answer.len(),
                    "a row came twice: {}",
                    written
                );
                prop_assert_eq!(&different, &expected, "{} {}", table.name(), written);
            }
            all.set(all.get() + 1);
            let selects_some = !expected.is_empty() && expected.len() < fixture.rows.len();
            some.set(some.get() + usize::from(selects_some));
            Ok(())
        });
        assert!(
            some.get() * 2 > all.get(),
            "most filters select all rows, or none: they test little"
        );
    })
    .await;
}

fn failed(table: &Table<Row>, written: &RawValue, error: &astra_db::Error) -> TestCaseError {
    TestCaseError::fail(format!("{} {written}: {error}", table.name()))
}

/// A sort by some columns and whether each descends, and which of the sorted rows are asked for.
#[derive(Clone, Debug)]
struct Sorting {
    by: Vec<(usize, bool)>,
    skip: Option<u32>,
    limit: u32,
}

fn any_sorting(columns: &[Column]) -> impl Strategy<Value = Sorting> + use<> {
    let sortable = (0..columns.len()).filter(|column| {
        matches!(
            columns[*column].content,
            Content::Scalar(_, Use::Everything)
        )
    });
    let by = proptest::sample::subsequence(sortable.collect::<Vec<_>>(), 1..4)
        .prop_shuffle()
        .prop_flat_map(|columns| {
            let each = columns
                .into_iter()
                .map(|column| (Just(column), any::<bool>()));
            each.collect::<Vec<_>>()
        });
    (by, proptest::option::of(0..30_u32), 1..60_u32).prop_map(|(by, skip, limit)| {
        // With a skip, the order of the key is made in memory, too.
        let only_key = by.iter().all(|(column, _)| *column < KEY.len());
        let skip = skip.or(only_key.then_some(0));
        Sorting { by, skip, limit }
    })
}

impl Sorting {
    async fn answer(
        &self,
        fixture: &Fixture,
        table: &Table<Row>,
        filter: &RawValue,
    ) -> Result<Vec<usize>, astra_db::Error> {
        let sort = self.by.iter().map(|(column, descending)| {
            let direction = if *descending { -1 } else { 1 };
            (fixture.columns[*column].name, direction)
        });
        let sort: Vec<_> = sort.collect();
        let mut find = table.find(filter).sort(sort).limit(self.limit);
        if let Some(skip) = self.skip {
            find = find.skip(skip);
        }
        let rows = find.await?.all().await?;
        Ok(rows.iter().map(number).collect())
    }

    fn expected(&self, fixture: &Fixture, selected: &BTreeSet<usize>) -> Vec<usize> {
        let mut rows: Vec<_> = selected.iter().copied().collect();
        rows.sort_by(|one, other| fixture.compare(&self.by, *one, *other));
        let skip = self.skip.unwrap_or_default() as usize;
        let limit = (self.limit as usize).min(PAGE);
        rows.into_iter().skip(skip).take(limit).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_sorts_in_memory_answer_the_first_rows_of_the_whole_order() {
    everywhere(async |db| {
        let fixture = Fixture::new();
        let tables = new_tables(&db, &fixture.columns, &fixture.rows).await;
        let asked = (any_filter(&fixture.columns), any_sorting(&fixture.columns));
        for_any(&asked, async |(filter, sorting)| {
            let (written, selected) = (fixture.write(&filter), fixture.selected(&filter));
            let expected = sorting.expected(&fixture, &selected);
            for table in &tables {
                let answer = sorting.answer(&fixture, table, &written).await;
                let answer = answer.map_err(|error| failed(table, &written, &error))?;
                let different: BTreeSet<_> = answer.iter().copied().collect();
                prop_assert_eq!(different.len(), answer.len(), "a row came twice");
                prop_assert!(different.is_subset(&selected), "{}", written);
                prop_assert_eq!(answer.len(), expected.len(), "{}", written);
                // Rows that are equal in all columns of the sort may come in any order.
                for (one, other) in answer.iter().zip(&expected) {
                    let order = fixture.compare(&sorting.by, *one, *other);
                    prop_assert_eq!(order, Ordering::Equal, "{}: {:?}", written, answer);
                }
            }
            Ok(())
        });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_partition_come_in_either_order_of_the_key_page_by_page() {
    everywhere(async |db| {
        let fixture = Fixture::new();
        let [table, _] = new_tables(&db, &fixture.columns, &fixture.rows).await;
        let limit = proptest::option::of(1..70_u32);
        let asked = (
            any_partition_filter(&fixture.columns),
            any::<bool>(),
            1..=2_usize,
            limit,
        );
        for_any(&asked, async |(filter, backwards, length, limit)| {
            let written = fixture.write(&filter);
            let by = [(1, !backwards), (2, backwards)];
            let mut expected: Vec<_> = fixture.selected(&filter).into_iter().collect();
            expected.sort_by(|one, other| fixture.compare(&by, *one, *other));
            expected.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
            let names = [("at", by[0].1), ("n", by[1].1)].into_iter().take(length);
            let sort: Vec<_> = names
                .map(|(name, descending)| (name, if descending { -1 } else { 1 }))
                .collect();
            let mut find = table.find(&written).sort(sort);
            if let Some(limit) = limit {
                find = find.limit(limit);
            }
            let cursor = find
                .await
                .map_err(|error| failed(&table, &written, &error))?;
            let rows = cursor
                .all()
                .await
                .map_err(|error| failed(&table, &written, &error))?;
            let answer: Vec<_> = rows.iter().map(number).collect();
            prop_assert_eq!(&answer, &expected, "{}", written);
            Ok(())
        });
    })
    .await;
}
