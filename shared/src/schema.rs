//! What an application keeps in its database: collections and tables, made once however many instances start together, and
//! finished after a crash.
//!
//! A document with the id `schema`, in a collection of the application's own, says what has been made. A start on a complete
//! database therefore reads documents only. Lists of schemas take long, and on a cluster that has lost a node they may never
//! answer.

mod not_made;
mod record;

use std::pin::pin;
use std::time::Duration;

use astra_db::{
    Collection, CollectionDefinition, CollectionDocument, Database, Document, Error, ErrorCode,
    Row, TableDefinition, TableRow,
};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

pub use self::not_made::NotMade;
use self::record::Lease;
pub use self::record::SchemaRecord;
use crate::unavailable::Unavailable;

/// How long a question about what exists may take.
const LOOK: Duration = Duration::from_secs(10);
/// How long one change of the schema may take: some take 16 seconds on a real cluster.
const CHANGE: Duration = Duration::from_mins(1);

/// The collections and tables of an application, while it opens them.
///
/// ```
/// use astra_db::CollectionDefinition;
/// use shared::schema::Schema;
///
/// # #[tokio::main]
/// # async fn main() -> anyhow::Result<()> {
/// # let database = shared::connect::in_memory().await?;
/// let definition = CollectionDefinition::default();
/// let schema = Schema::begin(&database, "secrets", &definition).await?;
/// let opened = async {
///     schema.collection("secrets", &definition).await?;
///     schema.collection("carts", &definition).await
/// };
/// let opened = opened.await;
/// schema.finish(opened).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Schema<'a> {
    database: &'a Database,
    /// The same for changes of the schema.
    slow: Database,
    record: SchemaRecord,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// What the record says.
    made: Vec<String>,
    lease: Lease,
    /// What there is no room for.
    missing: Vec<String>,
    full: Option<Error>,
}

impl<'a> Schema<'a> {
    /// Reads what has been made. `home` is the collection that holds the record; its definition has to index `maker`.
    ///
    /// # Errors
    ///
    /// When that cannot be read, or the collection cannot be made.
    pub async fn begin(
        database: &'a Database,
        home: &str,
        definition: &CollectionDefinition,
    ) -> Result<Self, NotMade> {
        let slow = database.with_options(|options| options.timeout(CHANGE));
        let record = SchemaRecord::of(database, home);
        let made = match record.made().await {
            Ok(made) => made,
            Err(error) if is_missing(&error) => {
                let create = slow.create_collection(home);
                let created = create.definition(definition.clone()).await;
                created.map_err(|error| NotMade::one(format!("the collection {home}"), error))?;
                Vec::new()
            }
            Err(error) => return Err(NotMade::unread(error)),
        };
        let state = State {
            made,
            lease: Lease::default(),
            missing: Vec::new(),
            full: None,
        };
        Ok(Self {
            database,
            slow,
            record,
            state: Mutex::new(state),
        })
    }

    /// Ends what was begun: another instance that waits for this one goes on. `opened` is what the application has opened.
    ///
    /// # Errors
    ///
    /// That of `opened`, or when there was no room for something. What was made stays, and the next start goes on from
    /// there.
    pub async fn finish<T>(self, opened: Result<T, NotMade>) -> Result<T, NotMade> {
        let state = self.state.into_inner();
        state.lease.release(&self.record).await;
        match state.full {
            Some(error) => Err(NotMade::new(state.missing, error)),
            None => opened,
        }
    }

    /// The database itself.
    pub fn database(&self) -> &Database {
        self.database
    }

    /// The record of what has been made.
    pub fn record(&self) -> SchemaRecord {
        self.record.clone()
    }

    /// Makes a collection unless it exists.
    pub async fn collection(
        &self,
        name: &str,
        definition: &CollectionDefinition,
    ) -> Result<(), NotMade> {
        let collection = self.database.collection::<Document>(name);
        let look = || {
            let found = collection.find_one(json!({ "_id": record::ID }));
            let found = found.projection(json!({ "_id": 1 })).timeout(LOOK);
            async move { found.await.map(drop) }
        };
        let create = self.slow.create_collection(name);
        let create = create.definition(definition.clone());
        let make = async move { create.await.map(drop) };
        let said = format!("collection {name} {}", json!(definition));
        self.ensure(format!("the collection {name}"), said, look, make)
            .await
    }

    /// The collection of a document, which is made unless it exists.
    pub async fn collection_of<T: CollectionDocument>(&self) -> Result<Collection<T>, NotMade> {
        self.collection(T::COLLECTION_NAME, &T::definition())
            .await?;
        Ok(self.database.collection_of())
    }

    /// Makes the table of a row what its struct says, unless it is that already.
    pub async fn table<R: TableRow + 'static>(&self) -> Result<(), NotMade> {
        let name = R::TABLE_NAME;
        let definition = R::definition();
        let table = self.database.table::<Row>(name);
        let look = || {
            let found = table.find_one(some_key(&definition)).timeout(LOOK);
            async move { found.await.map(drop) }
        };
        let sync = self.slow.sync_table::<R>();
        let make = async move {
            let synced = sync.await?;
            for drift in &synced.drift {
                tracing::warn!(table = name, %drift, "a table is not as this version expects it");
            }
            Ok(())
        };
        let types: Vec<Value> = R::types().iter().map(|it| json!([it.0, it.1])).collect();
        let said = json!([&definition, R::indexes(), types]);
        let said = format!("table {name} {said}");
        self.ensure(format!("the table {name}"), said, look, make)
            .await
    }

    /// Makes one thing unless the record says that it was made and it is still there.
    async fn ensure<L: Future<Output = Result<(), Error>>>(
        &self,
        what: String,
        said: String,
        look: impl Fn() -> L,
        make: impl Future<Output = Result<(), Error>>,
    ) -> Result<(), NotMade> {
        let mut state = self.state.lock().await;
        let outcome = self.try_to_ensure(&mut state, &said, look, make).await;
        match outcome {
            // What else is there no room for?
            Err(error) if Unavailable::of(&error) == Unavailable::Full => {
                state.missing.push(what);
                state.full.get_or_insert(error);
                Ok(())
            }
            outcome => outcome.map_err(|error| NotMade::one(what, error)),
        }
    }

    async fn try_to_ensure<L: Future<Output = Result<(), Error>>>(
        &self,
        state: &mut State,
        said: &String,
        look: impl Fn() -> L,
        make: impl Future<Output = Result<(), Error>>,
    ) -> Result<(), Error> {
        if state.made.contains(said) && exists(look().await)? {
            return Ok(());
        }
        while !state.lease.is_held() {
            state.made = state.lease.take(&self.record).await?;
            // Whoever had the lease may have made it.
            if state.made.contains(said) && exists(look().await)? {
                return Ok(());
            }
        }
        let mut make = pin!(make);
        loop {
            tokio::select! {
                made = &mut make => {
                    made?;
                    break;
                }
                () = state.lease.wears_off() => state.lease.renew(&self.record).await,
            }
        }
        self.record.add(said).await?;
        state.made.push(said.clone());
        Ok(())
    }
}

fn exists(looked: Result<(), Error>) -> Result<bool, Error> {
    match looked {
        Ok(()) => Ok(true),
        Err(error) if is_missing(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_missing(error: &Error) -> bool {
    error.code() == Some(&ErrorCode::UnknownCollectionOrTable)
}

/// A filter for one partition, whether it has rows or not: the cheapest question to a table.
fn some_key(definition: &TableDefinition) -> Value {
    use astra_db::schema::ColumnType as Type;
    let mut key = Map::new();
    for name in &definition.primary_key.partition_by {
        let value = match definition.columns.get(name).map(|column| &column.kind) {
            Some(Type::Text | Type::Ascii) => json!("schema"),
            Some(Type::Uuid) => json!("00000000-0000-0000-0000-000000000000"),
            Some(Type::TinyInt | Type::SmallInt | Type::Int | Type::BigInt) => json!(0),
            Some(Type::Boolean) => json!(false),
            // Any row will do.
            _ => return json!({}),
        };
        key.insert(name.clone(), value);
    }
    Value::Object(key)
}
