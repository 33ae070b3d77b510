//! `find` and `findOne`.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::lexical::{self, ranked};
use super::matches::each_match;
use super::nearest::Search;
use super::project::Projector;
use super::scope::{OnCollection, Scope};
use super::select::{select_one, selected};
use super::sorted::in_order;
use crate::command::find::{Find, FindOne};
use crate::error::{ApiError, sort};
use crate::exec::Room;
use crate::json::{Object, Value};
use crate::language::filter::Filter;
use crate::language::sort::Sort;
use crate::paging::PageState;
use crate::plan::Wanted;
use crate::response::{Answer, Data, Document};
use crate::storage::{Reader, Storage};
use crate::vector;

/// One page of documents, and where the next one begins.
#[derive(Debug)]
struct Page {
    documents: Vec<Document>,
    /// For more of them, as text.
    room: Room,
    next: Option<PageState>,
}

impl Page {
    fn new(scope: &Scope) -> Self {
        Self {
            documents: Vec::new(),
            room: scope.room(),
            next: None,
        }
    }

    fn add(&mut self, document: Document) -> Result<(), ApiError> {
        let text = document.into_text();
        self.room.take(text.len())?;
        self.documents.push(Document::Text(text));
        Ok(())
    }
}

impl Find {
    fn by_words(
        &self,
        scope: &Scope,
        reader: &Reader<'_>,
        filter: &Filter,
        text: &str,
        projector: &Projector,
    ) -> Result<Page, ApiError> {
        let skip = self.skip.map_or(0, as_count);
        let limit = self.limit.map_or(lexical::DEFAULT_LIMIT, as_count);
        let limit = limit.min(lexical::MAX_LIMIT);
        let ranked = ranked(scope, reader, filter, text, skip.saturating_add(limit))?;
        let ids = ranked.into_iter().skip(skip).map(|found| (found.key, None));
        page_of(scope, reader, projector, ids)
    }

    fn by_vector(
        &self,
        scope: &Scope,
        reader: &Reader<'_>,
        filter: &Filter,
        query: &[f32],
        projector: &Projector,
    ) -> Result<Page, ApiError> {
        let most = scope.limits.vector_search;
        let search = Search {
            scope,
            filter,
            query,
            metric: scope.metric(),
            limit: as_count(self.limit.map_or(most, |limit| limit.min(most))),
        };
        let nearest = search.run(reader)?.into_iter();
        let ids = nearest.map(|near| (near.key, Some(near.similarity)));
        page_of(scope, reader, projector, ids)
    }
}

impl OnCollection for Find {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let order = scope.sort(self.clauses.sort.as_ref())?;
        check_page_state(&self, &order)?;
        let projector =
            Projector::parse(self.clauses.projection.as_ref(), self.include_similarity)?;
        let order = scope.with_vector(order, storage)?;
        let page = storage.read(|reader| match &order {
            Sort::None | Sort::Vectorize(_) => {
                in_default_order(scope, reader, &filter, &projector, &self)
            }
            Sort::Fields(fields) => {
                let skip = self.skip.map_or(0, as_count);
                let limit = self
                    .limit
                    .map_or(scope.limits.page, as_count)
                    .min(scope.limits.page);
                let ids = in_order(scope, reader, &filter, fields, skip, limit)?;
                page_of(
                    scope,
                    reader,
                    &projector,
                    ids.into_iter().map(|id| (id, None)),
                )
            }
            Sort::Lexical(text) => self.by_words(scope, reader, &filter, text, &projector),
            Sort::Vector(query) => self.by_vector(scope, reader, &filter, query, &projector),
        })?;
        let mut status = Object::new();
        let mut next = page.next;
        if self.include_sort_vector {
            status.insert("sortVector", sort_vector(&order));
            // The real server says so even when there are more pages, and its clients take the answer for all there is.
            next = None;
        }
        let data = Data::Page {
            documents: page.documents,
            next_page_state: next.map(PageState::to_text),
        };
        Ok(Answer {
            data: Some(data),
            status,
            ..Answer::default()
        })
    }
}

impl OnCollection for FindOne {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let order = scope.sort(self.clauses.sort.as_ref())?;
        let projector =
            Projector::parse(self.clauses.projection.as_ref(), self.include_similarity)?;
        let order = scope.with_vector(order, storage)?;
        let selected = storage.read(|reader| select_one(scope, reader, &filter, &order))?;
        let document = selected
            .map(|selected| projector.show_selected(&selected))
            .transpose()?;
        let mut status = Object::new();
        if self.include_sort_vector {
            status.insert("sortVector", sort_vector(&order));
        }
        Ok(Answer {
            data: Some(Data::One(document)),
            status,
            ..Answer::default()
        })
    }
}

fn check_page_state(command: &Find, order: &Sort) -> Result<(), ApiError> {
    let state = command.page_state.as_deref().unwrap_or_default();
    if state.is_empty() || matches!(order, Sort::None) {
        return Ok(());
    }
    Err(sort::SORT_CLAUSE_INVALID.because(
        "A sort cannot be combined with a page state: a sorted find has one page. Leave one of them out, or walk with \
         skip and limit.",
    ))
}

fn as_count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// By number, a page at a time. Documents named by `_id` come all at once, as the real server has it.
fn in_default_order(
    scope: &Scope,
    reader: &Reader<'_>,
    filter: &Filter,
    projector: &Projector,
    command: &Find,
) -> Result<Page, ApiError> {
    let state = command
        .page_state
        .as_deref()
        .map(PageState::from_text)
        .transpose()?;
    let remaining = state.map_or(command.limit.map(u64::from), |state| state.remaining);
    let page_size = if filter.id_keys().is_some() {
        u64::MAX
    } else {
        scope.limits.page as u64
    };
    let take = remaining.unwrap_or(u64::MAX).min(page_size);
    let limit = usize::try_from(take).unwrap_or(usize::MAX);
    let mut page = Page::new(scope);
    let mut last = None;
    each_match(
        reader,
        &scope.collection,
        filter,
        Wanted::page(state.map(|state| state.after), limit),
        |found| {
            last = Some(found.place);
            page.add(projector.show(found)?)?;
            Ok(if page.documents.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        },
    )?;
    let left = remaining.map(|remaining| remaining - take);
    // A full page is followed by another, be it an empty one; the limit alone tells that there is none.
    if page.documents.len() == limit && left != Some(0) {
        page.next = last.map(|after| PageState {
            after,
            remaining: left,
        });
    }
    Ok(page)
}

fn page_of(
    scope: &Scope,
    reader: &Reader<'_>,
    projector: &Projector,
    found: impl Iterator<Item = (i64, Option<f32>)>,
) -> Result<Page, ApiError> {
    let mut page = Page::new(scope);
    for (id, similarity) in found {
        if let Some(document) = selected(scope, reader, id, similarity)? {
            page.add(projector.show_selected(&document)?)?;
        }
    }
    Ok(page)
}

/// The vector that was sorted by, as `status.sortVector`.
fn sort_vector(order: &Sort) -> Value {
    match order {
        Sort::Vector(query) => vector::to_json(query),
        _ => Value::Null,
    }
}
