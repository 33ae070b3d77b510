use super::documents::Written;
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
                i64::MIN,
                10,
            )?,
            reader.vector(collection, token::of(&id("k")))?,
        ))
    });
    let (document, by_entry, vector) = found?;
    assert_eq!(document.map(|found| found.json).as_deref(), Some("1"));
    assert_eq!(by_entry, [token::of(&id("k"))]);
    assert_eq!(vector, Some(vec![1.0, 2.0]));
    Ok(())
}

#[test]
fn a_job_that_fails_leaves_no_trace_and_others_stand() -> Result<(), Box<dyn std::error::Error>> {
    for storage in [
        Storage::in_memory()?,
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
        Storage::in_memory()?,
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
    let storage = Storage::in_memory()?;
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
    let first = id("the first of two ids that share a token");
    let second = id("anothertotfromrykzbotop\x1f-\x1f1'C7 \x7f MQ\x163|\x1b");
    let token = token::of(&first);
    assert_eq!(token, token::of(&second));
    let storage = Storage::in_memory()?;
    let collection = with_collection(&storage);
    let (keys, shared) = ([first.key(), second.key()], Arc::clone(&collection));
    let inserted: Outcome<_> = storage.write(move |writer| {
        Ok([
            writer.insert_document(&shared, &first, &written("1"))?,
            writer.insert_document(&shared, &second, &written("2"))?,
            writer.insert_document(&shared, &first, &written("3"))?,
            writer.insert_document(&shared, &second, &written("4"))?,
        ])
    });
    assert_eq!(inserted?, [Some(token), Some(token + 1), None, None]);
    let found: Outcome<_> = storage.read(|reader| {
        let [one, two] = &keys;
        Ok([
            reader.document_by_key(&collection, one)?,
            reader.document_by_key(&collection, two)?,
        ])
    });
    assert_eq!(
        found?.map(|found| found.map(|found| found.json)),
        [Some("1".to_owned()), Some("2".to_owned())]
    );
    Ok(())
}

#[test]
fn the_estimate_of_documents_is_near_their_number() -> Result<(), Box<dyn std::error::Error>> {
    let storage = Storage::in_memory()?;
    let collection = with_collection(&storage);
    for (more, expected) in [(10, 10..=10), (4990, 3000..=8000)] {
        let filled = Arc::clone(&collection);
        let inserted: Outcome = storage.write(move |writer| {
            for n in 0..more {
                writer.insert_document(&filled, &id(&format!("{more}-{n}")), &written("0"))?;
            }
            Ok(())
        });
        inserted?;
        let estimate: Outcome<_> = storage.read(|reader| reader.estimate_documents(&collection));
        let estimate = estimate?;
        assert!(expected.contains(&estimate), "{estimate}");
    }
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
