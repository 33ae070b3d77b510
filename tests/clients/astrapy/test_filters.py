"""Every filter operator, on a shelf of albums."""

import datetime

import pytest
from astrapy.data_types import DataAPITimestamp
from conftest import ids, refused

UTC = datetime.timezone.utc
ALBUMS = [
    {"_id": 1, "by": "Nina", "year": 1965, "tags": ["jazz", "soul"], "label": {"city": "New York"}, "rating": 4.5,
     "out": DataAPITimestamp.from_datetime(datetime.datetime(1965, 6, 1, tzinfo=UTC))},
    {"_id": 2, "by": "Miles", "year": 1959, "tags": ["jazz"], "label": {"city": "New York", "name": "C"}, "rating": 5,
     "out": DataAPITimestamp.from_datetime(datetime.datetime(1959, 8, 17, tzinfo=UTC))},
    {"_id": 3, "by": "Björk", "year": 1997, "tags": [], "label": None, "rating": None},
    {"_id": 4, "by": "Anna", "tags": ["pop", "jazz", "live"], "songs": [{"name": "One"}, {"name": "Two"}]},
]


@pytest.fixture(scope="module")
def albums(database):
    albums = database.create_collection("albums")
    albums.insert_many(ALBUMS)
    yield albums
    albums.drop()


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"by": "Björk"}, [3]),
        ({"year": {"$eq": 1959.0}}, [2]),
        ({"by": {"$ne": "Nina"}}, [2, 3, 4]),
        ({"year": {"$gt": 1959}}, [1, 3]),
        ({"year": {"$gte": 1959, "$lt": 1997}}, [1, 2]),
        ({"year": {"$lte": 1965}}, [1, 2]),
        ({"out": {"$lt": datetime.datetime(1960, 1, 1, tzinfo=UTC)}}, [2]),
        ({"by": {"$gt": "Anna", "$lt": "Miles"}}, [3]),
        ({"by": {"$in": ["Anna", "Nina", "Nobody"]}}, [1, 4]),
        ({"by": {"$nin": ["Anna", "Nina"]}}, [2, 3]),
        ({"_id": 2, "by": "Miles"}, [2]),
        ({"year": {"$exists": True}}, [1, 2, 3]),
        ({"year": {"$exists": False}}, [4]),
        ({"label": None}, [3]),
        ({"label": {"$ne": None}}, [1, 2, 4]),
        ({"tags": "jazz"}, [1, 2, 4]),
        ({"tags": {"$eq": ["jazz"]}}, [2]),
        ({"tags": {"$all": ["jazz", "live"]}}, [4]),
        ({"tags": {"$size": 0}}, [3]),
        ({"tags": {"$in": ["soul", "pop"]}}, [1, 4]),
        ({"tags.0": "jazz"}, [1, 2]),
        ({"label.city": "New York"}, [1, 2]),
        ({"label": {"city": "New York"}}, [1]),
        ({"songs.1.name": "Two"}, [4]),
        ({"songs.name": "Two"}, []),
        ({"$and": [{"tags": "jazz"}, {"year": {"$lt": 1960}}]}, [2]),
        ({"$or": [{"by": "Nina"}, {"rating": 5}]}, [1, 2]),
        ({"$not": {"tags": "jazz"}}, [3]),
        ({"$and": [{"$or": [{"by": "Nina"}, {"by": "Anna"}]}, {"$not": {"year": {"$exists": True}}}]}, [4]),
    ],
    ids=str,
)
def test_a_filter_finds(albums, filter, expected):
    assert ids(albums.find(filter)) == expected
    assert albums.count_documents(filter, upper_bound=10) == len(expected)


@pytest.mark.parametrize(
    ("filter", "code"),
    [
        ({"year": {"$near": 1}}, "FILTER_UNSUPPORTED_OPERATOR"),
        ({"tags": ["jazz"]}, "FILTER_INVALID_EXPRESSION"),
        ({"year": {"$exists": 1}}, "FILTER_INVALID_EXPRESSION"),
        ({"$and": [{"_id": 1}, {"_id": 2}]}, "FILTER_MULTIPLE_ID_FILTER"),
        ({"$or": [{"_id": 1}, {"by": "Nina"}]}, "FILTER_INVALID_EXPRESSION"),
        ({"tags": {"$size": -1}}, "FILTER_INVALID_EXPRESSION"),
    ],
    ids=str,
)
def test_a_filter_that_means_nothing_is_refused(albums, filter, code):
    with refused(code):
        albums.find_one(filter)


def test_a_field_name_with_a_dot_is_asked_for_with_an_escape(collection):
    collection.insert_one({"_id": 1, "a.b": 1, "c&d": {"e": 2}})
    assert collection.find_one({"a&.b": 1, "c&&d.e": 2})["_id"] == 1
    assert collection.find_one({"a.b": 1}) is None
