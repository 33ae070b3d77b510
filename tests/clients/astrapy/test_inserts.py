"""Documents in: one, many, in order and side by side, and what comes of a bad one among them."""

import pytest
from astrapy.exceptions import CollectionInsertManyException
from conftest import ids, refused


def test_one_document(collection):
    assert collection.insert_one({"_id": "a", "n": 1}).inserted_id == "a"
    with refused("DOCUMENT_ALREADY_EXISTS"):
        collection.insert_one({"_id": "a", "n": 2})
    assert collection.find_one({"_id": "a"}) == {"_id": "a", "n": 1}


def test_many_in_order_in_several_requests(collection):
    inserted = collection.insert_many(({"_id": n} for n in range(250)), ordered=True, chunk_size=40)
    assert inserted.inserted_ids == list(range(250))
    assert len(inserted.raw_results) == 7
    assert collection.count_documents({}, upper_bound=1000) == 250


def test_many_side_by_side(collection):
    inserted = collection.insert_many([{"_id": n} for n in range(250)], chunk_size=20, concurrency=5)
    assert sorted(inserted.inserted_ids) == list(range(250))
    assert collection.count_documents({}, upper_bound=1000) == 250


def test_in_order_the_first_bad_document_ends_it(collection):
    documents = [{"_id": n} for n in [1, 2, 3, 2, 4, 5]]
    with pytest.raises(CollectionInsertManyException) as failure:
        collection.insert_many(documents, ordered=True, chunk_size=5)
    assert failure.value.inserted_ids == [1, 2, 3]
    assert [error.error_descriptors[0].error_code for error in failure.value.exceptions] == ["DOCUMENT_ALREADY_EXISTS"]
    assert ids(collection.find({})) == [1, 2, 3]


def test_side_by_side_every_good_document_gets_in(collection):
    documents = [{"_id": 1}, {"_id": 1}, {"_id": 2}, {"_id": 3, "": "no name"}, {"_id": 4}]
    with pytest.raises(CollectionInsertManyException) as failure:
        collection.insert_many(documents, ordered=False, chunk_size=2, concurrency=2)
    assert sorted(failure.value.inserted_ids) == [1, 2, 4]
    codes = {error.error_descriptors[0].error_code for error in failure.value.exceptions}
    assert codes == {"DOCUMENT_ALREADY_EXISTS", "SHRED_BAD_FIELD_NAME"}
    assert ids(collection.find({})) == [1, 2, 4]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"$price": 1}, "SHRED_BAD_FIELD_NAME"),
        ({"_id": [1]}, "SHRED_BAD_DOCID_TYPE"),
        ({"_id": ""}, "SHRED_BAD_DOCID_VALUE"),
        ({"text": "é" * 4001}, "SHRED_DOC_LIMIT_VIOLATION"),
        ({"list": [0] * 1001}, "SHRED_DOC_LIMIT_VIOLATION"),
        ({"$vector": [1, 2]}, "VECTOR_SEARCH_NOT_SUPPORTED"),
    ],
)
def test_a_document_against_the_rules_is_refused(collection, document, code):
    with refused(code):
        collection.insert_one(document)
    assert collection.estimated_document_count() == 0
