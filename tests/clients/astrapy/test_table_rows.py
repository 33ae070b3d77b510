"""Rows: values of every type, written, changed and deleted."""

import ipaddress
import math
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from astrapy.api_options import APIOptions, SerdesOptions
from astrapy.data_types import (
    DataAPIDate,
    DataAPIDictUDT,
    DataAPIDuration,
    DataAPIMap,
    DataAPISet,
    DataAPITime,
    DataAPITimestamp,
    DataAPIVector,
)
from astrapy.exceptions import TableInsertManyException
from conftest import refused

VALUES = {
    "ascii": "plain",
    "bigint": 9_223_372_036_854_775_807,
    "blob": b"\x00\x01\xfe\xff",
    "boolean": False,
    "date": DataAPIDate.from_string("-0044-03-15"),
    "decimal": Decimal("12.12312321312312312312312321"),
    "double": -1.5e-300,
    "duration": DataAPIDuration.from_c_string("1y2mo3w4d5h6m7s8ms9us10ns"),
    "float": 0.1,
    "inet": ipaddress.ip_address("2001:db8::ff00:42:8329"),
    "int": -2_147_483_648,
    "smallint": 32_767,
    "text": "naïve ☕ 𝕏",
    "time": DataAPITime.from_string("23:59:59.123456789"),
    "timestamp": DataAPITimestamp.from_string("1969-12-31T23:59:59.999Z"),
    "tinyint": -128,
    "uuid": UUID("b48ef1c4-6b1e-4a32-8e0f-6d0c4f0d9b11"),
    "varint": 12345678901234567890123456789012345678901234567890,
}
CONTAINERS = {
    "set": ({"type": "set", "valueType": "int"}, DataAPISet([3, 1, 2]), DataAPISet([1, 2, 3])),
    "list": ({"type": "list", "valueType": "text"}, ["b", "a", "b"], ["b", "a", "b"]),
    "map": ({"type": "map", "keyType": "text", "valueType": "date"}, DataAPIMap({"k": VALUES["date"]}),
            DataAPIMap({"k": VALUES["date"]})),
    "map_by_number": ({"type": "map", "keyType": "int", "valueType": "uuid"}, DataAPIMap([(7, VALUES["uuid"])]),
                      DataAPIMap([(7, VALUES["uuid"])])),
    "vector": ({"type": "vector", "dimension": 2}, DataAPIVector([0.1, -2.5]), DataAPIVector([0.1, -2.5])),
}


@pytest.fixture(scope="module")
def everything(database):
    """A table with a column of every type, named after it."""
    columns = {type: type for type in VALUES} | {name: definition for name, (definition, _, _) in CONTAINERS.items()}
    everything = database.create_table(
        "everything", definition={"columns": {"id": "text", **columns}, "primaryKey": "id"}
    )
    yield everything
    everything.drop()


@pytest.mark.parametrize("type", VALUES)
def test_a_value_survives(everything, type):
    everything.insert_one({"id": type, type: VALUES[type]})
    found = everything.find_one({"id": type})[type]
    # A duration counts months, days and nanoseconds: years and weeks are put into those.
    assert found == (pytest.approx(0.1) if type == "float" else VALUES[type])


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_survives(everything, name):
    _, written, read = CONTAINERS[name]
    everything.insert_one({"id": name, name: written})
    assert everything.find_one({"id": name})[name] == read


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf], ids=str)
def test_numbers_that_are_none_survive(everything, number):
    everything.insert_one({"id": "odd", "double": number, "float": number})
    found = everything.find_one({"id": "odd"}, projection={"double": True, "float": True})
    assert all(value == number or math.isnan(value) and math.isnan(number) for value in found.values())


def test_what_a_row_does_not_have_is_read_as_empty(everything):
    everything.insert_one({"id": "empty", "text": None, "list": []})
    row = everything.find_one({"id": "empty"})
    assert row["text"] is None and row["int"] is None and row["vector"] is None
    assert (row["list"], row["set"], row["map"]) == ([], DataAPISet(), DataAPIMap())


def test_standard_types_may_be_asked_for_instead_of_the_clients_own(everything):
    plain = everything.with_options(
        api_options=APIOptions(serdes_options=SerdesOptions(custom_datatypes_in_reading=False))
    )
    plain.insert_one({"id": "plain", "set": {1, 2}, "map": {"k": VALUES["date"]}, "vector": DataAPIVector([1, 2])})
    row = plain.find_one({"id": "plain"}, projection={"set": True, "vector": True})
    assert row == {"set": {1, 2}, "vector": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"id": "x", "nothing": 1}, "UNKNOWN_TABLE_COLUMNS"),
        ({"int": 1}, "MISSING_PRIMARY_KEY_COLUMNS"),
        ({"id": "x", "int": "one"}, "INVALID_COLUMN_VALUES"),
        ({"id": "x", "tinyint": 128}, "INVALID_COLUMN_VALUES"),
        ({"id": "x", "ascii": "é"}, "INVALID_COLUMN_VALUES"),
        ({"id": "x", "vector": [1, 2, 3]}, "INVALID_COLUMN_VALUES"),
    ],
    ids=str,
)
def test_a_row_that_does_not_fit_is_refused(everything, row, code):
    with refused(code):
        everything.insert_one(row)


@pytest.fixture
def plays(database, name):
    """Rows in two partitions by `song` and `day`, the latest `at` first."""
    plays = database.create_table(
        name,
        definition={
            "columns": {"song": "text", "day": "int", "at": "int", "by": "text", "tags": {"type": "set", "valueType": "text"},
                        "log": {"type": "list", "valueType": "int"}, "n": {"type": "map", "keyType": "text", "valueType": "int"}},
            "primaryKey": {"partitionBy": ["song", "day"], "partitionSort": {"at": -1}},
        },
    )
    yield plays
    plays.drop()


def test_the_key_of_a_row_is_told_in_its_order(plays):
    inserted = plays.insert_one({"at": 3, "day": 1, "song": "s", "by": "Ada"})
    assert inserted.inserted_id == {"song": "s", "day": 1, "at": 3}
    assert inserted.inserted_id_tuple == ("s", 1, 3)


def test_inserting_it_again_writes_over_what_is_given(plays):
    plays.insert_one({"song": "s", "day": 1, "at": 3, "by": "Ada", "log": [1]})
    plays.insert_one({"song": "s", "day": 1, "at": 3, "by": "Eve"})
    plays.insert_one({"song": "s", "day": 1, "at": 3, "log": None})
    assert [(row["by"], row["log"]) for row in plays.find({})] == [("Eve", [])]


def test_many_rows_in_several_requests(plays):
    rows = [{"song": "s", "day": n % 2, "at": n} for n in range(130)]
    assert len(plays.insert_many(rows, chunk_size=50, ordered=True).inserted_id_tuples) == 130
    again = plays.insert_many(rows, chunk_size=30, concurrency=4)
    assert sorted(again.inserted_id_tuples) == sorted(("s", n % 2, n) for n in range(130))
    assert len(plays.find({"song": "s", "day": 1}).to_list()) == 65


@pytest.mark.parametrize("ordered", [True, False])
def test_a_bad_row_among_many(plays, ordered):
    rows = [{"song": "s", "day": 1, "at": 1}, {"song": "s", "day": "one", "at": 2}, {"song": "s", "day": 1, "at": 3}]
    with pytest.raises(TableInsertManyException) as failure:
        plays.insert_many(rows, ordered=ordered)
    stored = [("s", 1, 1)] if ordered else [("s", 1, 1), ("s", 1, 3)]
    assert sorted(failure.value.inserted_id_tuples) == stored
    assert failure.value.exceptions[0].error_descriptors[0].error_code == "INVALID_COLUMN_VALUES"
    assert sorted((row["song"], row["day"], row["at"]) for row in plays.find({})) == stored


def test_columns_are_set_unset_pushed_and_pulled(plays):
    key = {"song": "s", "day": 1, "at": 3}
    plays.update_one(key, {"$set": {"by": "Ada", "tags": {"a"}, "log": [1], "n": {"x": 1}}})  # there was no such row
    plays.update_one(key, {"$push": {"tags": "b", "log": {"$each": [2, 1]}, "n": {"y": 2}}})
    row = plays.find_one(key)
    assert (row["tags"], row["log"], row["n"]) == (DataAPISet(["a", "b"]), [1, 2, 1], DataAPIMap({"x": 1, "y": 2}))
    plays.update_one(key, {"$pullAll": {"tags": ["a"], "log": [1], "n": ["x"]}})
    plays.update_one(key, {"$unset": {"by": ""}})
    row = plays.find_one(key)
    assert (row["by"], row["tags"], row["log"], row["n"]) == (None, DataAPISet(["b"]), [2], DataAPIMap({"y": 2}))
    plays.update_one(key, {"$set": {"tags": None, "log": None, "n": None}})
    assert plays.find_one(key) is None  # a row that only updates made is gone with its last column


@pytest.mark.parametrize(
    ("filter", "update", "code"),
    [
        ({"song": "s", "day": 1}, {"$set": {"by": "x"}}, "MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE"),
        ({"song": "s", "day": 1, "at": 3, "by": "x"}, {"$set": {"by": "x"}},
         "UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE"),
        ({"song": "s", "day": 1, "at": 3}, {"$set": {"at": 4}}, "UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS"),
        ({"song": "s", "day": 1, "at": 3}, {"$inc": {"by": 1}}, "UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE"),
        ({"song": "s", "day": 1, "at": 3}, {"$set": {"nothing": 1}}, "UNKNOWN_TABLE_COLUMNS"),
        ({"song": "s", "day": 1, "at": 3}, {"$push": {"by": "x"}}, "UNSUPPORTED_UPDATE_OPERATOR"),
    ],
    ids=str,
)
def test_an_update_that_cannot_be_is_refused(plays, filter, update, code):
    with refused(code):
        plays.update_one(filter, update)


def test_rows_are_deleted_by_key_by_range_and_altogether(plays):
    plays.insert_many([{"song": "s", "day": day, "at": at} for day in [1, 2] for at in range(10)])
    plays.delete_one({"song": "s", "day": 1, "at": 0})
    plays.delete_many({"song": "s", "day": 1, "at": {"$gte": 7}})
    assert [row["at"] for row in plays.find({"song": "s", "day": 1})] == [6, 5, 4, 3, 2, 1]
    plays.delete_many({"song": "s", "day": {"$in": [1]}})
    assert len(plays.find({}).to_list()) == 10
    with refused("INVALID_PRIMARY_KEY_FILTER"):
        plays.delete_many({"song": "s"})
    plays.delete_many({})
    assert plays.find({}).to_list() == []


class Address:
    def __init__(self, street, number=None):
        self.street, self.number = street, number

    def __eq__(self, other):
        return isinstance(other, Address) and vars(self) == vars(other)


def test_a_type_of_ones_own_can_be_a_class_of_ones_own(database, name):
    database.create_type(name, definition={"fields": {"street": "text", "number": "int"}})
    udt = {"type": "userDefined", "udtName": name}
    columns = {"id": "uuid", "home": udt, "others": {"type": "list", "valueType": udt}}
    options = APIOptions(serdes_options=SerdesOptions(
        serializer_by_class={Address: vars}, deserializer_by_udt={name: lambda value, _: Address(**value)},
    ))
    homes = database.create_table(f"{name}_homes", definition={"columns": columns, "primaryKey": "id"})
    typed, id = homes.with_options(api_options=options), uuid4()

    typed.insert_one({"id": id, "home": Address("Main Street", 7), "others": [Address("Side Street")]})
    assert typed.find_one({"id": id}) == {"id": id, "home": Address("Main Street", 7), "others": [Address("Side Street")]}
    assert homes.find_one({"id": id})["home"] == DataAPIDictUDT({"street": "Main Street", "number": 7})
    typed.update_one({"id": id}, {"$set": {"home": Address("Elsewhere")}})
    assert typed.find_one({"id": id})["home"] == Address("Elsewhere")
    with refused("INVALID_COLUMN_VALUES"):
        homes.insert_one({"id": uuid4(), "home": DataAPIDictUDT({"planet": "Mars"})})
    homes.drop()
    database.drop_type(name)
