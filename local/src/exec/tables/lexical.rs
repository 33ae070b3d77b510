//! The rows whose text in a column has every word of another, those it fits best first.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::select::{Selection, each_row};
use crate::error::{ApiError, database};
use crate::exec::smallest::Smallest;
use crate::storage::rows::Reading;
use crate::storage::{Reader, Table};
use crate::table::filter::Condition;
use crate::table::value::CqlValue;
use crate::text::Analyzer;
use crate::text::bm25::{Ranked, Ranking, Texts};

/// Rows of a sort without a limit, and of any.
const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;

/// What is searched for: the position of a column of texts, and the terms that a text has to have.
#[derive(Debug)]
pub(super) struct LexicalSearch {
    position: usize,
    analyzer: Analyzer,
    terms: Vec<String>,
    limit: usize,
}

impl LexicalSearch {
    /// # Errors
    ///
    /// Where the index of the column is not one of texts, or lexical search is switched off.
    pub(super) fn new(
        table: &Table,
        position: usize,
        text: &str,
        limit: Option<usize>,
        enabled: bool,
    ) -> Result<Self, ApiError> {
        let column = &table.definition.columns()[position];
        let analyzer = table.definition.analyzer(&column.name).filter(|_| enabled);
        let analyzer = analyzer.ok_or_else(|| {
            database::UNSUPPORTED_DATABASE_QUERY.because(format!(
                "Rows cannot be ranked by the text of the column '{}': that takes a text index, and lexical search \
                 switched on. Filter by '$match' instead.",
                column.name
            ))
        })?;
        Ok(Self {
            position,
            terms: analyzer.query(text),
            analyzer: analyzer.clone(),
            limit: limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT),
        })
    }

    /// The keys of the rows that a condition selects and that have every term, the best first.
    ///
    /// All rows are read: how much a word says depends on how many texts of the column have it.
    pub(super) fn run(
        &self,
        reader: &Reader<'_>,
        table: &Table,
        condition: &Condition,
    ) -> Result<Vec<Vec<u8>>, ApiError> {
        let mut positions = vec![self.position];
        condition.columns(&mut |position| positions.push(position));
        let all = Condition::All(Vec::new());
        let selection = Selection {
            condition: &all,
            columns: &positions,
        };
        let (mut texts, mut frequencies) = (Texts::default(), vec![0_u32; self.terms.len()]);
        let mut candidates = Vec::new();
        let mut visit = |key: &[u8], row: crate::table::row::Row| {
            if let Some(CqlValue::Text(text)) = row.value(self.position) {
                let (occurrences, length) = self.count(text);
                texts.add(length);
                for (frequency, occurrences) in frequencies.iter_mut().zip(&occurrences) {
                    *frequency += u32::from(*occurrences > 0);
                }
                if occurrences.iter().all(|occurrences| *occurrences > 0) && condition.holds(&row) {
                    candidates.push((key.to_vec(), occurrences, length));
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        each_row(
            reader,
            table,
            selection,
            Reading::Forwards,
            None,
            &mut visit,
        )?;
        if self.terms.is_empty() {
            return Ok(Vec::new());
        }
        let ranking = Ranking::new(texts, frequencies);
        let mut first = Smallest::new(self.limit);
        for (key, occurrences, length) in candidates {
            let score = ranking.score(&occurrences, length);
            first.offer(Ranked { score, key });
        }
        let first = first.into_sorted().into_iter();
        Ok(first.map(|ranked| ranked.key).collect())
    }

    /// How often each term is in a text, and how many terms it has.
    fn count(&self, text: &str) -> (Vec<u32>, u32) {
        let terms = self.analyzer.terms(text);
        let length = u32::try_from(terms.len()).unwrap_or(u32::MAX);
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for term in &terms {
            *counts.entry(term).or_default() += 1;
        }
        let counts = self
            .terms
            .iter()
            .map(|term| counts.get(term.as_str()).copied().unwrap_or(0));
        (counts.collect(), length)
    }
}
