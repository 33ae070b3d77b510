//! Inserting one document or many.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::DefaultIdType;
use astra_db::{
    CollectionDefinition, Document, Error, InsertManyError, InsertOutcome, ObjectId, Value,
};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::answer::Said;
use crate::collection_path::CollectionPath;
use crate::error::ConsoleError;
use crate::flash::Done;
use crate::format::count;
use crate::frame::Frame;
use crate::state::Console;
use crate::{document, json};

#[derive(Debug, Template, WebTemplate)]
#[template(path = "collection/insert.html")]
pub(super) struct InsertPage {
    frame: Frame,
    back: String,
    documents: String,
    dimension: Option<u32>,
    /// What is wrong with what was typed.
    problem: Option<String>,
    /// What became of the documents, where not all were inserted.
    status: Option<String>,
    errors: Vec<Said>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InsertForm {
    documents: String,
}

pub(super) async fn form(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
) -> Result<InsertPage, ConsoleError> {
    let definition = of.definition(&console).await?;
    Ok(page(&console, &of, &definition, String::new()))
}

pub(super) async fn insert(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Form(form): Form<InsertForm>,
) -> Result<Response, ConsoleError> {
    let definition = of.definition(&console).await?;
    let page = page(&console, &of, &definition, form.documents);
    let documents = match json::documents(&page.documents) {
        Ok(documents) if documents.is_empty() => Err("There is no document here yet.".to_owned()),
        read => read,
    };
    let documents: Vec<Document> = match documents {
        Ok(documents) => documents
            .into_iter()
            .map(|document| with_id(document, &definition))
            .collect(),
        Err(problem) => {
            let page = InsertPage {
                problem: Some(problem),
                ..page
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    match send(&console, &of, &documents).await {
        Ok(there) => Ok(Redirect::to(&there).into_response()),
        Err(error) => Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            page.refused(&documents, &error),
        )
            .into_response()),
    }
}

/// Inserts them and gives the address where they are to be seen.
async fn send(
    console: &Console,
    of: &CollectionPath,
    documents: &[Document],
) -> Result<String, Error> {
    let collection = of.handle(console);
    if let [document] = documents {
        let id = collection.insert_one(document).await?.inserted_id;
        return Ok(Done::Inserted.at(&document::address(of, &Value::from(id))));
    }
    collection.insert_many(documents).ordered(false).await?;
    Ok(Done::Inserted.at(&of.href()))
}

/// The document with an `_id` of the kind that the collection gives, if it has none. Sent again after a timeout, it is the
/// same document then, and is not stored twice.
fn with_id(document: Document, definition: &CollectionDefinition) -> Document {
    if document.contains_key("_id") {
        return document;
    }
    let kind = definition.default_id.as_ref().map(|id| &id.kind);
    let uuid = |uuid: uuid::Uuid| Value::from(astra_db::Uuid::from(uuid));
    let id = match kind {
        None => uuid::Uuid::new_v4().to_string().into(),
        Some(DefaultIdType::ObjectId) => ObjectId::new().into(),
        Some(DefaultIdType::Uuid) => uuid(uuid::Uuid::new_v4()),
        Some(DefaultIdType::UuidV6) => uuid(uuid::Uuid::now_v6(&random_node())),
        Some(DefaultIdType::UuidV7) => uuid(uuid::Uuid::now_v7()),
        // A kind that only its server can make.
        Some(_) => return document,
    };
    let fields = document.into_iter();
    std::iter::once(("_id".to_owned(), id))
        .chain(fields)
        .collect()
}

/// In the place of a network address, with the bit that says so (RFC 9562, section 6.10).
fn random_node() -> [u8; 6] {
    let mut node = [0; 6];
    node.copy_from_slice(&uuid::Uuid::new_v4().as_bytes()[..6]);
    node[0] |= 1;
    node
}

fn page(
    console: &Console,
    of: &CollectionPath,
    definition: &CollectionDefinition,
    documents: String,
) -> InsertPage {
    let vector = definition.vector.as_ref();
    InsertPage {
        frame: of.frame_below(console, "Insert"),
        back: of.href(),
        documents,
        dimension: vector.and_then(|vector| vector.dimension),
        problem: None,
        status: None,
        errors: Vec::new(),
    }
}

/// What to say where no proper answer came.
const MAY_BE_STORED: &str = "What is below may have been inserted all the same. It has its _id now: inserted again, it is not stored twice.";

impl InsertPage {
    /// The page again, with the documents that are not known to be stored.
    fn refused(self, documents: &[Document], error: &Error) -> Self {
        let (status, documents, errors) = match error {
            Error::InsertMany(partial) => {
                let left = left(documents, partial);
                let stored = count(documents.len() - left.len(), "document");
                let status = format!(
                    "{stored} inserted. Below is what is left: {}.",
                    count(left.len(), "document")
                );
                (Some(status), text(left), reasons(partial, error))
            }
            _ if error.is_outcome_unknown() => (None, text(documents), Said::errors(error)),
            _ => (None, self.documents, Said::errors(error)),
        };
        let may_be_stored = error.is_outcome_unknown().then_some(MAY_BE_STORED);
        let sentences: Vec<&str> = status.as_deref().into_iter().chain(may_be_stored).collect();
        Self {
            status: Some(sentences.join(" ")).filter(|status| !status.is_empty()),
            documents,
            errors,
            ..self
        }
    }
}

fn left<'a>(documents: &'a [Document], partial: &InsertManyError) -> Vec<&'a Document> {
    let is_inserted = |index: usize| {
        matches!(
            partial.outcomes.get(index),
            Some(InsertOutcome::Inserted(_))
        )
    };
    let left = documents.iter().enumerate();
    left.filter(|(index, _)| !is_inserted(*index))
        .map(|(_, document)| document)
        .collect()
}

/// One document to a line.
fn text<'a>(documents: impl IntoIterator<Item = &'a Document>) -> String {
    let lines: Vec<String> = documents.into_iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Most errors that are listed.
const REASONS: usize = 10;

fn reasons(partial: &InsertManyError, error: &Error) -> Vec<Said> {
    let failed = partial.outcomes.iter().filter_map(|outcome| match outcome {
        InsertOutcome::Failed(error) | InsertOutcome::Unknown(Some(error)) => Some(error.clone()),
        _ => None,
    });
    let failed: Vec<_> = failed.take(REASONS).collect();
    if failed.is_empty() {
        Said::errors(error)
    } else {
        Said::all(&failed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use astra_db::{Transport, TransportError, TransportReply, TransportRequest};
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use futures_util::future::BoxFuture;
    use serde_json::json;
    use shared::EmbeddedTransport;
    use tower::ServiceExt as _;

    use crate::{Access, Console, Server, router};

    /// Carries out every insert and loses the first answer.
    #[derive(Debug)]
    struct Lossy(EmbeddedTransport, AtomicBool);

    impl Transport for Lossy {
        fn send(
            &self,
            request: TransportRequest,
        ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
            let is_insert = request.body.starts_with(b"{\"insert");
            Box::pin(async move {
                let answer = self.0.send(request).await;
                if is_insert && !self.1.swap(true, Ordering::Relaxed) {
                    return Err(TransportError::interrupted("the answer was lost").by_timeout());
                }
                answer
            })
        }
    }

    fn console() -> Console {
        let engine = EmbeddedTransport::in_memory().unwrap();
        let transport = Lossy(engine, AtomicBool::new(false));
        let server = Server {
            url: "http://localhost".to_owned(),
            username: "cassandra".to_owned(),
            password: None,
            data: "in memory".to_owned(),
            directory: None,
        };
        Console::new(transport, Access::ThisMachine, server).unwrap()
    }

    /// Sends the form and gives the status and the page.
    async fn insert(console: &Console, documents: &str) -> (u16, String) {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("documents", documents)
            .finish();
        let request = Request::post("/console/keyspaces/shop/collections/things/insert")
            .header("host", "localhost")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        let answer = router(console.clone()).oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let page = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(page.to_vec()).unwrap())
    }

    fn typed(page: &str) -> String {
        let (_, text) = page.split_once("<textarea").unwrap();
        let (_, text) = text.split_once(">\n").unwrap();
        let (text, _) = text.split_once("</textarea>").unwrap();
        text.replace("&#34;", "\"")
    }

    #[tokio::test]
    async fn an_insert_whose_answer_is_lost_is_the_same_insert_when_it_is_sent_again() {
        for kind in [
            None,
            Some("objectId"),
            Some("uuid"),
            Some("uuidv6"),
            Some("uuidv7"),
        ] {
            for documents in ["{\"n\": 1}", "{\"n\": 1}\n{\"n\": 2}"] {
                let console = console();
                console.database.create_keyspace("shop").await.unwrap();
                let shop = console.database.keyspace("shop");
                let options = kind.map_or(json!({}), |kind| json!({"defaultId": {"type": kind}}));
                let create = json!({"createCollection": {"name": "things", "options": options}});
                shop.command(create).await.unwrap();
                let (status, page) = insert(&console, documents).await;
                assert_eq!(status, 422);
                assert!(
                    page.contains("may have been inserted all the same"),
                    "{page}"
                );
                let (_, page) = insert(&console, &typed(&page)).await;
                assert!(page.contains("DOCUMENT_ALREADY_EXISTS"), "{page}");
                let things = shop.collection::<astra_db::Document>("things");
                let stored = things.find(json!({})).await.unwrap().all().await.unwrap();
                assert_eq!(stored.len(), documents.lines().count(), "{kind:?}");
                let field = match kind {
                    None => None,
                    Some("objectId") => Some("$objectId"),
                    Some(_) => Some("$uuid"),
                };
                let id = stored[0].get("_id").unwrap();
                assert_eq!(field.is_none(), id.as_str().is_some());
                assert!(field.is_none_or(|field| id.as_object().unwrap().contains_key(field)));
            }
        }
    }
}
