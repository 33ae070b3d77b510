"""Every update operator, upserts, replacements, and the document before or after."""

import datetime

import pytest
from astrapy.constants import ReturnDocument
from astrapy.exceptions import CollectionUpdateManyException
from conftest import refused

START = {"n": 10, "s": "text", "list": [1, 2, 3], "o": {"a": 1}}


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"$set": {"s": "new", "o.b": [1]}}, {"s": "new", "o": {"a": 1, "b": [1]}}),
        ({"$set": {"list.1": "two", "list.4": "five"}}, {"list": [1, "two", 3, None, "five"]}),
        ({"$unset": {"s": "", "o.a": ""}}, {"s": ..., "o": {}}),
        ({"$inc": {"n": -3, "new": 1.5}}, {"n": 7, "new": 1.5}),
        ({"$mul": {"n": 1.5, "new": 4}}, {"n": 15, "new": 0}),
        ({"$min": {"n": 3, "o.a": 5}}, {"n": 3}),
        ({"$max": {"n": 30, "new": "x"}}, {"n": 30, "new": "x"}),
        ({"$rename": {"s": "title", "o.a": "o.z"}}, {"s": ..., "title": "text", "o": {"z": 1}}),
        ({"$push": {"list": 4, "new": "first"}}, {"list": [1, 2, 3, 4], "new": ["first"]}),
        ({"$push": {"list": {"$each": [8, 9], "$position": 1}}}, {"list": [1, 8, 9, 2, 3]}),
        ({"$addToSet": {"list": 2}}, {}),
        ({"$addToSet": {"list": {"$each": [3, 4]}}}, {"list": [1, 2, 3, 4]}),
        ({"$pop": {"list": 1}}, {"list": [1, 2]}),
        ({"$pop": {"list": -1}}, {"list": [2, 3]}),
        ({"$setOnInsert": {"n": 0}}, {}),
        ({"$set": {"n": 10}}, {}),
    ],
    ids=str,
)
def test_an_update_changes_what_it_says_and_nothing_else(collection, update, expected):
    collection.insert_one({"_id": 1, **START})
    expected = {field: value for field, value in {"_id": 1, **START, **expected}.items() if value is not ...}
    info = collection.update_one({"_id": 1}, update).update_info
    assert collection.find_one({}) == expected
    assert (info["n"], info["nModified"], info["ok"]) == (1, int(expected != {"_id": 1, **START}), 1.0)


def test_the_servers_clock_is_written(collection):
    collection.insert_one({"_id": 1})
    collection.update_one({"_id": 1}, {"$currentDate": {"at": True}})
    written = collection.find_one({})["at"].to_datetime(tz=datetime.timezone.utc)
    assert abs(datetime.datetime.now(datetime.timezone.utc) - written) < datetime.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"$bump": {"n": 1}}, "UNSUPPORTED_UPDATE_OPERATION"),
        ({"$inc": {"s": 1}}, "UNSUPPORTED_UPDATE_OPERATION_TARGET"),
        ({"$inc": {"n": "1"}}, "UNSUPPORTED_UPDATE_OPERATION_PARAM"),
        ({"$set": {"_id": 2}}, "UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID"),
        ({"$set": {"n": 1}, "$inc": {"n": 1}}, "UNSUPPORTED_UPDATE_OPERATION_PARAM"),
        ({"$set": {"s.deeper": 1}}, "UNSUPPORTED_UPDATE_OPERATION_PATH"),
    ],
    ids=str,
)
def test_an_update_that_cannot_be_changes_nothing(collection, update, code):
    collection.insert_one({"_id": 1, **START})
    with refused(code):
        collection.update_one({"_id": 1}, update)
    assert collection.find_one({}) == {"_id": 1, **START}


def test_an_upsert_makes_the_document_that_was_not_there(collection):
    info = collection.update_one(
        {"_id": "u", "kind": "a"}, {"$set": {"n": 1}, "$setOnInsert": {"new": True}}, upsert=True
    ).update_info
    assert (info["n"], info["updatedExisting"], info["nModified"], info["upserted"]) == (1, False, 0, "u")
    assert collection.find_one({}) == {"_id": "u", "kind": "a", "n": 1, "new": True}
    again = collection.update_one({"_id": "u"}, {"$setOnInsert": {"new": "again"}}, upsert=True).update_info
    assert (again["n"], again["nModified"], "upserted" in again) == (1, 0, False)
    assert collection.update_one({"_id": "nobody"}, {"$set": {"n": 1}}).update_info["n"] == 0


def test_a_sort_says_which_one_is_updated(collection):
    collection.insert_many([{"_id": n, "n": n} for n in range(3)])
    collection.update_one({}, {"$set": {"last": True}}, sort={"n": -1})
    assert collection.find_one({"last": True})["_id"] == 2


def test_many_are_updated_over_several_requests(collection):
    collection.insert_many([{"_id": n, "n": n} for n in range(120)])
    info = collection.update_many({"n": {"$gte": 10}}, {"$inc": {"n": 1000}}).update_info
    assert (info["n"], info["nModified"]) == (110, 110)
    assert collection.count_documents({"n": {"$gte": 1000}}, upper_bound=200) == 110
    info = collection.update_many({"kind": "none"}, {"$set": {"x": 1}}, upsert=True).update_info
    assert collection.find_one({"x": 1}) == {"_id": info["upserted"], "kind": "none", "x": 1}


def test_a_failure_on_the_way_tells_how_far_it_came(collection):
    collection.insert_many([{"_id": n, "n": n} for n in range(60)])
    collection.insert_many([{"_id": n, "n": "text"} for n in range(60, 160)])
    with pytest.raises(CollectionUpdateManyException) as failure:
        collection.update_many({}, {"$inc": {"n": 1000}})
    assert failure.value.partial_result.update_info["nModified"] < 160
    codes = {error.error_code for error in failure.value.cause.error_descriptors}
    assert codes == {"UNSUPPORTED_UPDATE_OPERATION_TARGET"}


def test_find_and_update_answers_the_document_before_or_after(collection):
    collection.insert_one({"_id": 1, "n": 1, "s": "x"})
    bump = {"$inc": {"n": 1}}
    assert collection.find_one_and_update({"_id": 1}, bump) == {"_id": 1, "n": 1, "s": "x"}
    after = collection.find_one_and_update({}, bump, return_document=ReturnDocument.AFTER, projection={"n": True})
    assert after == {"_id": 1, "n": 3}
    assert collection.find_one_and_update({"_id": 2}, bump) is None
    assert collection.find_one_and_update({"_id": 2}, bump, upsert=True) is None
    assert collection.find_one_and_update({"_id": 3}, bump, upsert=True, return_document="after") == {"_id": 3, "n": 1}


def test_a_replacement_leaves_nothing_of_the_old(collection):
    collection.insert_one({"_id": 1, "old": True})
    info = collection.replace_one({"old": True}, {"new": True}).update_info
    assert (info["n"], info["nModified"]) == (1, 1)
    assert collection.find_one({}) == {"_id": 1, "new": True}
    upserted = collection.replace_one({"_id": 2}, {"v": 2}, upsert=True).update_info["upserted"]
    assert collection.find_one({"_id": upserted}) == {"_id": 2, "v": 2}
    before = collection.find_one_and_replace({"_id": 2}, {"v": 3})
    after = collection.find_one_and_replace({"v": 3}, {"v": 4}, return_document="after", projection={"_id": False})
    assert (before, after) == ({"_id": 2, "v": 2}, {"v": 4})
    with refused("DOCUMENT_REPLACE_DIFFERENT_DOCID"):
        collection.replace_one({"_id": 1}, {"_id": 9})
