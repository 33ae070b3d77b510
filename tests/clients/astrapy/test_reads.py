"""Reading: order, pages, projections, cursors, counts."""

import pytest
from astrapy.cursors import CursorState
from astrapy.exceptions import CursorException, TooManyDocumentsToCountException
from conftest import ids, refused


@pytest.fixture(scope="module")
def numbers(database):
    """130 documents: `n` from 0 to 129, `parity` beside it."""
    numbers = database.create_collection("numbers")
    numbers.insert_many([{"_id": f"n{n:03}", "n": n, "parity": "odd" if n % 2 else "even"} for n in range(130)])
    yield numbers
    numbers.drop()


def test_all_of_them_come_over_several_pages(numbers):
    assert sorted(document["n"] for document in numbers.find({})) == list(range(130))


def test_a_sort_orders_and_its_answer_is_one_page(numbers):
    upwards = [document["n"] for document in numbers.find({}, sort={"n": 1})]
    downwards = [document["n"] for document in numbers.find({}, sort={"parity": 1, "n": -1}, limit=3)]
    assert (upwards[:3], len(upwards), downwards) == ([0, 1, 2], 50, [128, 126, 124])
    assert [document["n"] for document in numbers.find({}, sort={"n": 1}, skip=7, limit=2)] == [7, 8]
    with refused("COMMAND_FIELD_VALUE_INVALID"):
        numbers.find({}, skip=7).to_list()


def test_a_limit_counts_over_pages(numbers):
    assert len(numbers.find({}, limit=70).to_list()) == 70
    assert len(numbers.find({"parity": "odd"}, limit=70).to_list()) == 65


def test_a_page_at_a_time_goes_on_where_it_stopped(numbers):
    seen, state = [], None
    while True:
        page = numbers.find({}, initial_page_state=state).fetch_next_page() if state else numbers.find({}).fetch_next_page()
        seen.append([document["n"] for document in page.results])
        state = page.next_page_state
        if not state:
            break
    assert [len(page) for page in seen] == [50, 50, 30]
    assert sorted(sum(seen, [])) == list(range(130))


def test_a_cursor_is_mapped_looked_into_rewound_and_cloned(numbers):
    cursor = numbers.find({"parity": "odd"}, limit=4, sort={"n": 1}).map(lambda document: document["n"])
    assert cursor.state == CursorState.IDLE
    assert cursor.has_next() and next(cursor) == 1
    assert (cursor.state, cursor.consumed, cursor.buffered_count) == (CursorState.STARTED, 1, 3)
    with pytest.raises(CursorException):
        cursor.limit(9)
    assert cursor.consume_buffer(1)[0]["n"] == 3
    assert cursor.clone().to_list() == [1, 3, 5, 7]
    assert cursor.to_list() == [5, 7]
    assert (cursor.state, cursor.has_next()) == (CursorState.CLOSED, False)
    cursor.rewind()
    seen = []
    cursor.for_each(seen.append)
    assert seen == [1, 3, 5, 7]


@pytest.fixture(scope="module")
def nested(database):
    nested = database.create_collection("nested")
    nested.insert_one({"_id": 1, "a": {"b": 1, "c": 2}, "list": [1, 2, 3, 4, 5], "d": "x"})
    yield nested
    nested.drop()


@pytest.mark.parametrize(
    ("projection", "expected"),
    [
        ({"d": True}, {"_id": 1, "d": "x"}),
        (["d"], {"_id": 1, "d": "x"}),
        ({"d": True, "_id": False}, {"d": "x"}),
        ({"list": False, "a": False}, {"_id": 1, "d": "x"}),
        ({"a.b": True}, {"_id": 1, "a": {"b": 1}}),
        ({"a.b": False, "list": False}, {"_id": 1, "a": {"c": 2}, "d": "x"}),
        ({"list": {"$slice": 2}, "d": True}, {"_id": 1, "list": [1, 2], "d": "x"}),
        ({"list": {"$slice": -2}, "d": True}, {"_id": 1, "list": [4, 5], "d": "x"}),
        ({"list": {"$slice": [1, 3]}, "d": True}, {"_id": 1, "list": [2, 3, 4], "d": "x"}),
        ({"*": True}, {"_id": 1, "a": {"b": 1, "c": 2}, "list": [1, 2, 3, 4, 5], "d": "x"}),
    ],
    ids=str,
)
def test_a_projection_chooses(nested, projection, expected):
    assert nested.find_one({}, projection=projection) == expected
    assert nested.find({}, projection=projection).to_list() == [expected]


def test_a_projection_cannot_take_and_leave(nested):
    with refused("UNSUPPORTED_PROJECTION_PARAM"):
        nested.find_one({}, projection={"a": True, "d": False})


def test_one_document_or_none(numbers):
    assert numbers.find_one({"n": {"$gt": 127}}, sort={"n": -1})["n"] == 129
    assert numbers.find_one({"n": -1}) is None


def test_distinct_values(numbers, collection):
    assert sorted(numbers.distinct("parity")) == ["even", "odd"]
    assert numbers.distinct("n", filter={"n": {"$lt": 1}}) == [0]
    collection.insert_many([{"t": ["a", "b"]}, {"t": ["b", {"c": 1}]}, {"t": None}, {"u": {"v": [{"w": 1}, {"w": 2}]}}])
    found = collection.distinct("t")
    assert len(found) == 4 and all(value in found for value in ["a", "b", {"c": 1}, None])
    assert sorted(collection.distinct("u.v.0.w")) == [1]


def test_counts(numbers):
    assert numbers.count_documents({"parity": "odd"}, upper_bound=100) == 65
    with pytest.raises(TooManyDocumentsToCountException) as failure:
        numbers.count_documents({}, upper_bound=129)
    assert not failure.value.server_max_count_exceeded
    assert numbers.estimated_document_count() >= 0


def test_a_count_has_an_end_at_the_server_too(collection):
    collection.insert_many([{"_id": n} for n in range(1001)], chunk_size=100, concurrency=2)
    with pytest.raises(TooManyDocumentsToCountException) as failure:
        collection.count_documents({}, upper_bound=5000)
    assert failure.value.server_max_count_exceeded


def test_a_filter_may_name_more_ids_than_a_page_has(numbers):
    wanted = [f"n{n:03}" for n in range(70)]
    assert ids(numbers.find({"_id": {"$in": wanted}})) == wanted
