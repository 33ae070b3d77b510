"""Search by vector: the nearest first, how near they are, and what was asked with."""

import pytest
from astrapy.data_types import DataAPIVector
from conftest import refused

POINTS = {"right": [1, 0, 0], "almost": [0.9, 0.1, 0], "up": [0, 1, 0], "left": [-1, 0, 0]}


@pytest.fixture(scope="module")
def points(database):
    points = database.create_collection("points", definition={"vector": {"dimension": 3, "metric": "cosine"}})
    points.insert_many([{"_id": id, "$vector": vector, "long": len(id) > 4} for id, vector in POINTS.items()])
    points.insert_one({"_id": "nowhere"})
    yield points
    points.drop()


def test_the_nearest_come_first(points):
    found = points.find({}, sort={"$vector": [1, 0, 0]}, include_similarity=True).to_list()
    assert [document["_id"] for document in found] == ["right", "almost", "up", "left"]
    similarities = [document["$similarity"] for document in found]
    assert similarities == pytest.approx([1, 0.996942, 0.5, 0], abs=1e-6)
    assert similarities[0] == 1


def test_a_filter_and_a_limit_narrow_the_search(points):
    found = points.find({"long": True}, sort={"$vector": DataAPIVector([1, 0, 0])}, limit=1)
    assert [document["_id"] for document in found] == ["right"]
    assert points.find_one({"long": False}, sort={"$vector": [1, 0, 0]})["_id"] == "up"


def test_the_vector_asked_with_comes_back_on_request(points):
    cursor = points.find({}, sort={"$vector": [0.5, 0.25, 0]}, include_sort_vector=True)
    assert cursor.get_sort_vector() == DataAPIVector([0.5, 0.25, 0])
    assert points.find({}, sort={"$vector": [1, 0, 0]}).get_sort_vector() is None
    nothing = points.find({"_id": "nobody"}, sort={"$vector": [1, 0, 0]}, include_sort_vector=True)
    assert (nothing.get_sort_vector(), nothing.to_list()) == (DataAPIVector([1, 0, 0]), [])


def test_vectors_are_hidden_unless_asked_for(points):
    assert "$vector" not in points.find_one({"_id": "up"})
    assert points.find_one({"_id": "up"}, projection={"$vector": True})["$vector"] == DataAPIVector([0, 1, 0])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("cosine", {"a": 1.0, "b": 1.0, "c": 0.5}),
        ("euclidean", {"a": 1.0, "b": 0.5, "c": 1 / 3}),
        ("dot_product", {"a": 1.0, "b": 1.5, "c": 0.5}),
    ],
)
def test_similarity_is_what_the_metric_says(database, name, metric, expected):
    collection = database.create_collection(name, definition={"vector": {"dimension": 2, "metric": metric}})
    collection.insert_many([
        {"_id": "a", "$vector": [1, 0]}, {"_id": "b", "$vector": [2, 0]}, {"_id": "c", "$vector": [0, 1]}
    ])
    found = collection.find({}, sort={"$vector": [1, 0]}, include_similarity=True)
    assert {document["_id"]: document["$similarity"] for document in found} == pytest.approx(expected, abs=1e-7)
    collection.drop()


def test_a_vector_sort_is_no_bottomless_page(points):
    with refused("COMMAND_FIELD_VALUE_INVALID"):
        points.find({}, sort={"$vector": [1, 0, 0]}, skip=1).to_list()


def test_a_vector_can_be_changed_and_removed(vectors):
    vectors.insert_one({"_id": 1, "$vector": [1, 0, 0]})
    vectors.update_one({"_id": 1}, {"$set": {"$vector": [0, 0, 1]}})
    assert vectors.find_one({}, sort={"$vector": [0, 0, 1]}, include_similarity=True)["$similarity"] == 1
    vectors.update_one({"_id": 1}, {"$unset": {"$vector": ""}})
    assert vectors.find({}, sort={"$vector": [0, 0, 1]}).to_list() == []
    assert vectors.find_one({"$vector": {"$exists": False}})["_id"] == 1


def test_the_nearest_may_be_updated_and_deleted(vectors):
    vectors.insert_many([{"_id": 1, "$vector": [1, 0, 0]}, {"_id": 2, "$vector": [0, 1, 0]}])
    near_two = {"$vector": [0.1, 0.9, 0]}
    assert vectors.find_one_and_update({}, {"$set": {"hit": True}}, sort=near_two, return_document="after")["_id"] == 2
    assert vectors.update_one({}, {"$set": {"hit": 1}}, sort=near_two).update_info["nModified"] == 1
    assert vectors.find_one_and_replace({}, {"new": 1}, sort=near_two)["_id"] == 2
    assert vectors.find_one_and_delete({}, sort={"$vector": [1, 0, 0]})["_id"] == 1
    assert [document["_id"] for document in vectors.find({})] == [2]


@pytest.mark.parametrize(
    ("sort", "code"),
    [
        ({"$vector": [1, 0]}, "INVALID_VECTOR_LENGTH"),
        ({"$vector": []}, "SHRED_BAD_VECTOR_SIZE"),
        ({"$vector": ["a", "b", "c"]}, "SHRED_BAD_VECTOR_VALUE"),
        ({"$vector": [1, 0, 0], "n": 1}, "SORT_CLAUSE_INVALID"),
        ({"$vectorize": "a text"}, "EMBEDDING_SERVICE_NOT_CONFIGURED"),
    ],
    ids=str,
)
def test_a_vector_that_does_not_fit_is_refused(points, sort, code):
    with refused(code):
        points.command({"find": {"sort": sort}})


def test_a_text_needs_a_service_to_become_a_vector(vectors):
    with refused("EMBEDDING_SERVICE_NOT_CONFIGURED"):
        vectors.insert_one({"$vectorize": "a text"})
