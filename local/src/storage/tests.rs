use std::ops::ControlFlow;

use super::documents::{Place, Written};
use super::entries::EntryRange;
use super::*;
use crate::definition::CollectionDefinition;
use crate::document::entries::IndexEntry;
use crate::document::id::DocumentId;
use crate::document::token;

type Outcome<T = ()> = Result<T, StorageError>;

fn written(json: &str) -> Written {
    let entry = IndexEntry {
        path: "n".to_owned(),
        bytes: json.as_bytes().to_vec(),
    };
    Written {
        json: json.to_owned(),
        vector: Some(vec![1.0, 2.0]),
        entries: vec![entry],
    }
}

fn id(text: &str) -> DocumentId {
    DocumentId::Text(text.to_owned())
}

fn with_collection(storage: &Storage) -> Arc<Collection> {
    let made: Outcome<_> = storage.write(|writer| {
        writer.create_keyspace("shop", "{}")?;
        writer.create_collection("shop", "carts", CollectionDefinition::default())
    });
    made.expect("a collection")
}

#[test]
fn what_was_written_is_read_after_opening_again() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let storage = Storage::open(directory.path())?;
    let collection = with_collection(&storage);
    storage.write(move |writer| {
        writer
            .insert_document(&collection, &id("k"), &written("1"))
            .map(drop)
    })?;
    drop(storage);

    let storage = Storage::open(directory.path())?;
    let catalogue = storage.catalogue();
    let collection = catalogue
        .collection("shop", "carts")
        .ok_or("no collection")?;
    let found: Outcome<_> = storage.read(|reader| {
        let path = reader
            .path_number("n")?
            .ok_or(StorageError::CollectionGone)?;
        Ok((
            reader.document_by_key(collection, &id("k").key())?,
            reader.documents_at(
                collection,
                &EntryRange {
                    path,
                    from: b"1".to_vec(),
                    until: b"2".to_vec(),
                },
                0,
                10,
            )?,
            reader.vector(collection, 1)?,
        ))
    });
    let (document, by_entry, vector) = found?;
    assert_eq!(document.map(|found| found.json).as_deref(), Some("1"));
    assert_eq!(by_entry, [1]);
    assert_eq!(vector, Some(vec![1.0, 2.0]));
    Ok(())
}

#[test]
fn a_job_that_fails_leaves_no_trace_and_others_stand() -> Result<(), Box<dyn std::error::Error>> {
    for storage in [
        Storage::in_memory(1 << 30)?,
        Storage::open(tempfile::tempdir()?.path())?,
    ] {
        let collection = with_collection(&storage);
        let failing = Arc::clone(&collection);
        let failed: Outcome = storage.write(move |writer| {
            writer.create_collection("shop", "orders", CollectionDefinition::default())?;
            writer.insert_document(&failing, &id("lost"), &written("0"))?;
            Err(StorageError::Closed)
        });
        assert!(matches!(failed, Err(StorageError::Closed)));
        let panicking: Outcome = storage.write(|_| panic!("a job that panics on purpose"));
        assert!(matches!(panicking, Err(StorageError::Panicked)));
        let kept = Arc::clone(&collection);
        storage.write(move |writer| {
            writer
                .insert_document(&kept, &id("kept"), &written("7"))
                .map(drop)
        })?;
        assert!(storage.catalogue().collection("shop", "orders").is_none());
        let hits: Outcome<_> = storage.read(|reader| {
            let path = reader
                .path_number("n")?
                .ok_or(StorageError::CollectionGone)?;
            let range = EntryRange {
                path,
                from: vec![],
                until: vec![0xff],
            };
            reader.count_entries(&collection, &range, 10)
        });
        assert_eq!(hits?, 1);
    }
    Ok(())
}

#[test]
fn readers_never_see_half_of_a_job() -> Result<(), Box<dyn std::error::Error>> {
    for storage in [
        Storage::in_memory(1 << 30)?,
        Storage::open(tempfile::tempdir()?.path())?,
    ] {
        let collection = with_collection(&storage);
        std::thread::scope(|scope| {
            for thread in 0..4_u8 {
                let (storage, collection) = (&storage, &collection);
                scope.spawn(move || {
                    for n in 0..50_u8 {
                        let collection = Arc::clone(collection);
                        let both: Outcome = storage.write(move |writer| {
                            writer.insert_document(
                                &collection,
                                &id(&format!("{thread}-{n}-0")),
                                &written("1"),
                            )?;
                            writer.insert_document(
                                &collection,
                                &id(&format!("{thread}-{n}-1")),
                                &written("2"),
                            )?;
                            Ok(())
                        });
                        both.expect("a durable write");
                    }
                });
                scope.spawn(move || {
                    for _ in 0..200 {
                        let count: Outcome<_> =
                            storage.read(|reader| reader.count_documents(collection));
                        assert_eq!(count.expect("a count") % 2, 0);
                    }
                });
            }
        });
        let count: Outcome<_> = storage.read(|reader| reader.count_documents(&collection));
        assert_eq!(count?, 400);
    }
    Ok(())
}

#[test]
fn one_directory_serves_one_process() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let first = Storage::open(directory.path())?;
    assert!(matches!(
        Storage::open(directory.path()),
        Err(OpenError::InUse { .. })
    ));
    drop(first);
    Storage::open(directory.path())?;
    Ok(())
}

#[test]
fn files_of_a_newer_version_or_another_program_are_refused()
-> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    drop(Storage::open(directory.path())?);
    let file = rusqlite::Connection::open(directory.path().join("astra.db"))?;
    file.pragma_update(None, "user_version", 99)?;
    assert!(matches!(
        Storage::open(directory.path()),
        Err(OpenError::NewerFormat { found: 99, .. })
    ));
    file.pragma_update(None, "application_id", 5)?;
    assert!(matches!(
        Storage::open(directory.path()),
        Err(OpenError::ForeignFile)
    ));
    Ok(())
}

#[test]
fn a_dropped_collection_is_gone_for_commands_under_way() -> Result<(), Box<dyn std::error::Error>> {
    let storage = Storage::in_memory(1 << 30)?;
    let collection = with_collection(&storage);
    let dropped: Outcome<_> = storage.write(|writer| {
        writer.drop_collection("shop", "carts")?;
        writer.create_collection("shop", "carts", CollectionDefinition::default())
    });
    dropped?;
    let late: Outcome = storage.write(move |writer| writer.require(&collection));
    assert!(matches!(late, Err(StorageError::CollectionGone)));
    Ok(())
}

#[test]
fn ids_that_share_a_token_are_documents_of_their_own() -> Result<(), Box<dyn std::error::Error>> {
    let ids = [
        "the first of two ids that share a token",
        "anothertotfromrykzbotop\x1f-\x1f1'C7 \x7f MQ\x163|\x1b",
    ];
    let [first, second] = ids.map(id);
    assert_eq!(token::of(&first), token::of(&second));
    let storage = Storage::in_memory(1 << 30)?;
    let collection = with_collection(&storage);
    let shared = Arc::clone(&collection);
    let inserted: Outcome<_> = storage.write(move |writer| {
        Ok([
            writer.insert_document(&shared, &first, &written("1"))?,
            writer.insert_document(&shared, &second, &written("2"))?,
            writer.insert_document(&shared, &first, &written("3"))?,
        ])
    });
    assert_eq!(inserted?, [Some(1), Some(2), None]);
    let mut seen = Vec::new();
    let mut after = Place::BEGINNING;
    for _ in 0..3 {
        let read: Outcome = storage.read(|reader| {
            reader.scan_in_order(&collection, after, |place, json| {
                after = place;
                seen.push(json.to_owned());
                Ok(ControlFlow::Break(()))
            })
        });
        read?;
    }
    assert_eq!(seen, ["1", "2"]);
    Ok(())
}

#[test]
fn reading_in_order_goes_by_an_index() -> Result<(), Box<dyn std::error::Error>> {
    let storage = Storage::in_memory(1 << 30)?;
    let collection = with_collection(&storage);
    let plan: Outcome<Vec<String>> = storage.read(|reader| {
        let sql = format!("EXPLAIN QUERY PLAN {}", collection.sql.scan_in_order);
        let mut statement = reader.connection.prepare(&sql)?;
        let steps = statement.query_map([1, 1], |row| row.get("detail"))?;
        Ok(steps.collect::<Result<_, _>>()?)
    });
    let plan = plan?;
    assert!(
        matches!(plan.as_slice(), [step] if step.contains("USING INDEX order_1")),
        "{plan:?}"
    );
    Ok(())
}

#[test]
fn a_file_that_became_read_only_fails_writes_and_nothing_else()
-> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let storage = Storage::open(directory.path())?;
    let collection = with_collection(&storage);
    let locked: Outcome =
        storage.write(|writer| Ok(writer.connection.pragma_update(None, "query_only", true)?));
    locked?;
    let inserting = Arc::clone(&collection);
    let refused: Outcome = storage.write(move |writer| {
        writer
            .insert_document(&inserting, &id("k"), &written("1"))
            .map(drop)
    });
    assert!(
        matches!(refused, Err(StorageError::Trouble(Trouble::ReadOnly, _))),
        "{refused:?}"
    );
    let count: Outcome<_> = storage.read(|reader| reader.count_documents(&collection));
    assert_eq!(count?, 0);
    Ok(())
}

#[test]
fn a_full_disk_fails_the_write_and_nothing_else() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let storage = Storage::open(directory.path())?;
    let collection = with_collection(&storage);
    let limit_pages = |pages: i64| -> Outcome {
        storage.write(move |writer| {
            Ok(writer
                .connection
                .pragma_update(None, "max_page_count", pages)?)
        })
    };
    let insert = |text: &str| -> Outcome {
        let (collection, id) = (Arc::clone(&collection), id(text));
        let large = Written {
            json: "x".repeat(200_000),
            ..written("0")
        };
        storage.write(move |writer| writer.insert_document(&collection, &id, &large).map(drop))
    };
    limit_pages(100)?;
    let mut stored = 0;
    while insert(&format!("document {stored}")).is_ok() {
        stored += 1;
        assert!(stored < 10, "the limit did not hold");
    }
    let count: Outcome<_> = storage.read(|reader| reader.count_documents(&collection));
    assert_eq!(count?, stored);
    limit_pages(100_000)?;
    insert("one more")?;
    let count: Outcome<_> = storage.read(|reader| reader.count_documents(&collection));
    assert_eq!(count?, stored + 1);
    Ok(())
}
