"""Collections and the options they are made with."""

import uuid

import pytest
from astrapy.constants import DefaultIdType, VectorMetric
from astrapy.ids import ObjectId
from astrapy.info import CollectionDefinition, CollectionLexicalOptions, CollectionRerankOptions
from conftest import refused


def test_a_collection_with_every_option_is_listed_as_it_was_made(database, name):
    definition = (
        CollectionDefinition.builder()
        .with_vector_dimension(3)
        .with_vector_metric(VectorMetric.EUCLIDEAN)
        .with_vector_source_model("ada002")
        .with_indexing("deny", ["blob", "notes.raw"])
        .with_default_id(DefaultIdType.UUIDV7)
        .with_lexical(CollectionLexicalOptions(enabled=False))
        .with_rerank(CollectionRerankOptions(enabled=False))
        .build()
    )
    collection = database.create_collection(name, definition=definition)
    assert name in database.list_collection_names()

    listed = {each.name: each.definition for each in database.list_collections()}[name]
    for found in [listed, collection.options()]:
        assert (found.vector.dimension, found.vector.metric, found.vector.source_model) == (3, "euclidean", "ada002")
        assert found.indexing == {"deny": ["blob", "notes.raw"]}
        assert found.default_id.default_id_type == "uuidv7"
        assert (found.lexical.enabled, found.rerank.enabled) == (False, False)

    collection.drop()
    assert name not in database.list_collection_names()
    database.drop_collection(name)  # nothing is there, and that is what was asked for
    with refused("UNKNOWN_COLLECTION_OR_TABLE"):
        collection.insert_one({})


def test_what_was_not_said_is_listed_with_its_default(database, name):
    definition = database.create_collection(name, definition={"vector": {"dimension": 5}}).options()
    assert (definition.vector.metric, definition.vector.source_model) == ("cosine", "other")
    assert definition.indexing is None and definition.default_id is None
    database.drop_collection(name)


@pytest.mark.parametrize(
    ("kind", "is_such"),
    [
        (None, lambda id: str(uuid.UUID(id)) == id and uuid.UUID(id).version == 4),
        (DefaultIdType.OBJECTID, lambda id: isinstance(id, ObjectId)),
        (DefaultIdType.UUID, lambda id: isinstance(id, uuid.UUID) and id.version == 4),
        (DefaultIdType.UUIDV6, lambda id: isinstance(id, uuid.UUID) and id.version == 6),
        (DefaultIdType.UUIDV7, lambda id: isinstance(id, uuid.UUID) and id.version == 7),
    ],
)
def test_documents_get_ids_of_the_kind_chosen(database, name, kind, is_such):
    collection = database.create_collection(
        name, definition=CollectionDefinition.builder().with_default_id(kind).build() if kind else None
    )
    inserted = collection.insert_one({"n": 1}).inserted_id
    assert is_such(inserted), inserted
    assert collection.find_one({"_id": inserted}) == {"_id": inserted, "n": 1}
    upserted = collection.update_one({"n": 2}, {"$set": {"m": 3}}, upsert=True).update_info["upserted"]
    assert is_such(upserted), upserted
    collection.drop()


def test_creating_it_again_needs_the_same_options(database, name):
    definition = {"vector": {"dimension": 3, "metric": "cosine"}}
    database.create_collection(name, definition=definition).insert_one({"_id": 1})
    assert database.create_collection(name, definition=definition).count_documents({}, upper_bound=9) == 1
    with refused("EXISTING_COLLECTION_DIFFERENT_SETTINGS"):
        database.create_collection(name, definition={"vector": {"dimension": 4}})
    database.drop_collection(name)


def test_only_the_paths_allowed_can_be_asked_for(database, name):
    collection = database.create_collection(name, definition={"indexing": {"allow": ["city"]}})
    collection.insert_one({"_id": 1, "city": "Lund", "text": "x" * 9000})
    assert collection.find_one({"city": "Lund"})["_id"] == 1
    with refused("FILTER_PATH_UNINDEXED"):
        collection.find_one({"text": "y"})
    with refused("SORT_CLAUSE_PATH_UNINDEXED"):
        collection.find_one({}, sort={"text": 1})
    collection.drop()


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ({"vector": {"metric": "cosine"}}, "INVALID_CREATE_COLLECTION_OPTIONS"),
        ({"vector": {"dimension": 5000}}, "VECTOR_SEARCH_TOO_BIG_VALUE"),
        ({"indexing": {"allow": ["a"], "deny": ["b"]}}, "INVALID_INDEXING_DEFINITION"),
        ({"defaultId": {"type": "serial"}}, "COMMAND_FIELD_VALUE_INVALID"),
    ],
)
def test_options_that_make_no_sense_are_refused(database, name, definition, code):
    with refused(code):
        database.command({"createCollection": {"name": name, "options": definition}})
    assert name not in database.list_collection_names()
