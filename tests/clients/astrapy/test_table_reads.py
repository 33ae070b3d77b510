"""Rows found: by key, by column, by vector; sorted, projected, paged; and what the server warns of."""

import pytest
from astrapy.data_types import DataAPIVector
from astrapy.exceptions import CursorException
from conftest import refused


@pytest.fixture(scope="module")
def matches(database):
    """120 rows in partitions of 60: `rank` is a clustering column, `score` indexed, `city` not."""
    matches = database.create_table(
        "matches",
        definition={
            "columns": {"cup": "text", "rank": "int", "score": "int", "city": "text",
                        "tags": {"type": "set", "valueType": "text"},
                        "goals": {"type": "map", "keyType": "text", "valueType": "int"},
                        "mood": {"type": "vector", "dimension": 2}},
            "primaryKey": {"partitionBy": ["cup"], "partitionSort": {"rank": 1}},
        },
    )
    matches.create_index("matches_score", "score")
    matches.create_vector_index("matches_mood", "mood", options={"metric": "euclidean"})
    matches.insert_many([
        {"cup": cup, "rank": rank, "score": rank % 10, "city": ["Lund", "Kyiv", "Rome"][rank % 3],
         "tags": {"big"} if rank % 2 else {"small", "local"}, "goals": {"home": rank % 4, "away": 1},
         "mood": DataAPIVector([rank, 0])}
        for cup in ["gold", "tin"] for rank in range(60)
    ])
    yield matches
    matches.drop()


def ranks(rows):
    return [row["rank"] for row in rows]


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"rank": 5}, [5]),
        ({"rank": {"$gte": 57}}, [57, 58, 59]),
        ({"rank": {"$lt": 10, "$gt": 7}}, [8, 9]),
        ({"rank": {"$in": [3, 1, 99]}}, [1, 3]),
        ({"score": {"$gt": 8}}, [9, 19, 29, 39, 49, 59]),
        ({"score": {"$lte": 0}}, [0, 10, 20, 30, 40, 50]),
        ({"score": {"$ne": 9}, "rank": {"$gte": 57}}, [57, 58]),
        ({"score": {"$nin": [7, 8]}, "rank": {"$gte": 57}}, [59]),
        ({"city": "Rome", "rank": {"$lt": 9}}, [2, 5, 8]),
        ({"tags": {"$in": ["local"]}, "rank": {"$lt": 4}}, [0, 2]),
        ({"tags": {"$all": ["small", "local"]}, "rank": {"$lt": 4}}, [0, 2]),
        ({"tags": {"$nin": ["big"]}, "rank": {"$lt": 4}}, [0, 2]),
        ({"goals": {"$in": [["home", 3]]}, "rank": {"$lt": 9}}, [3, 7]),
        ({"goals": {"$keys": {"$in": ["away"]}}, "rank": {"$lt": 2}}, [0, 1]),
        ({"goals": {"$values": {"$all": [1, 2]}}, "rank": {"$lt": 9}}, [2, 6]),
        ({"$and": [{"rank": {"$lt": 9}}, {"$or": [{"score": 1}, {"city": "Rome"}]}]}, [1, 2, 5, 8]),
        ({"$not": {"score": {"$lt": 9}}}, [9, 19, 29, 39, 49, 59]),
    ],
    ids=str,
)
def test_a_filter_finds(matches, filter, expected):
    assert ranks(matches.find({"cup": "gold", **filter})) == expected


@pytest.mark.parametrize(
    ("filter", "code"),
    [
        ({"nothing": 1}, "UNKNOWN_TABLE_COLUMNS"),
        ({"rank": "one"}, "INVALID_FILTER_COLUMN_VALUES"),
        ({"tags": {"$eq": ["big"]}}, "INVALID_MAP_SET_LIST_FILTER"),
        ({"mood": [1, 2]}, "FILTER_INVALID_EXPRESSION"),
        ({"city": {"$match": "Lund"}}, "CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS"),
    ],
    ids=str,
)
def test_a_filter_that_means_nothing_is_refused(matches, filter, code):
    with refused(code):
        matches.command({"find": {"filter": filter}})


def test_within_a_partition_rows_come_in_order_page_by_page(matches):
    first = matches.find({"cup": "gold"}, sort={"rank": -1}).fetch_next_page()
    assert ranks(first.results) == list(range(59, 9, -1))
    rest = matches.find({"cup": "gold"}, sort={"rank": -1}, initial_page_state=first.next_page_state).fetch_next_page()
    assert (ranks(rest.results), rest.next_page_state) == (list(range(9, -1, -1)), None)
    assert ranks(matches.find({"cup": "gold"}, sort={"rank": 1}, limit=55)) == list(range(55))


def test_any_other_order_is_made_of_one_page(matches):
    found = matches.find({"cup": "gold"}, sort={"city": 1, "rank": -1}, limit=3).to_list()
    assert [(row["city"], row["rank"]) for row in found] == [("Kyiv", 58), ("Kyiv", 55), ("Kyiv", 52)]
    assert ranks(matches.find({"cup": "gold"}, sort={"rank": 1}, skip=58)) == [58, 59]
    with refused("COMMAND_FIELD_VALUE_INVALID"):
        matches.find({}, skip=2).to_list()


def test_the_nearest_rows_come_first(matches):
    cursor = matches.find({"score": 3}, sort={"mood": DataAPIVector([23, 0])}, include_similarity=True,
                          include_sort_vector=True, limit=4)
    assert cursor.get_sort_vector() == DataAPIVector([23, 0])
    found = cursor.to_list()
    assert [row["rank"] for row in found[:2]] == [23, 23]
    assert [row["$similarity"] for row in found] == pytest.approx([1, 1, 1 / 101, 1 / 101])
    with refused("CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS"):
        matches.find({}, sort={"mood": DataAPIVector([1, 2, 3])}).to_list()


def test_a_projection_chooses_columns(matches):
    key = {"cup": "gold", "rank": 4}
    assert matches.find_one(key, projection={"city": True}) == {"city": "Kyiv"}
    assert matches.find_one(key, projection=["rank", "score"]) == {"rank": 4, "score": 4}
    assert matches.find_one(key, projection={"tags": False, "mood": False, "goals": False}) == {
        "cup": "gold", "rank": 4, "score": 4, "city": "Kyiv"}
    with refused("UNKNOWN_TABLE_COLUMNS"):
        matches.find_one(key, projection={"nothing": True})
    with refused("UNSUPPORTED_PROJECTION_PARAM"):
        matches.find_one(key, projection={"city": True, "score": False})


def test_one_row_or_none(matches):
    assert matches.find_one({"cup": "tin"}, sort={"rank": -1})["rank"] == 59
    assert matches.find_one({"cup": "wood"}) is None


def test_a_cursor_is_mapped_rewound_and_cloned(matches):
    cursor = matches.find({"cup": "gold"}, limit=3).map(lambda row: row["rank"])
    assert cursor.has_next() and next(cursor) == 0
    with pytest.raises(CursorException):
        cursor.filter({"cup": "tin"})
    assert (cursor.clone().to_list(), cursor.to_list()) == ([0, 1, 2], [1, 2])
    cursor.rewind()
    assert cursor.to_list() == [0, 1, 2]


def test_distinct_values_and_those_of_containers(matches):
    assert sorted(matches.distinct("city")) == ["Kyiv", "Lund", "Rome"]
    assert sorted(matches.distinct("tags", filter={"cup": "tin", "rank": {"$lt": 2}})) == ["big", "local", "small"]


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ({"filter": {"cup": "gold"}}, []),
        ({"filter": {"cup": "gold", "rank": 3}}, []),
        ({"filter": {"score": 3}}, []),
        ({"filter": {}}, ["ZERO_FILTER_OPERATIONS"]),
        ({"filter": {"city": "Lund"}}, ["MISSING_INDEX"]),
        ({"filter": {"rank": 3}}, ["INCOMPLETE_PRIMARY_KEY_FILTER"]),
        ({"filter": {"cup": "gold"}, "sort": {"city": 1}}, ["IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING"]),
    ],
    ids=str,
)
def test_a_slow_read_is_warned_of(matches, command, codes):
    warnings = matches.command({"find": command})["status"].get("warnings", [])
    assert [(warning["errorCode"], warning["scope"]) for warning in warnings] == [(code, "WARNING") for code in codes]


@pytest.mark.parametrize("command", ["countDocuments", "estimatedDocumentCount"])
def test_rows_are_not_counted_by_the_server(matches, command):
    with refused("UNSUPPORTED_TABLE_COMMAND"):
        matches.command({command: {}})
