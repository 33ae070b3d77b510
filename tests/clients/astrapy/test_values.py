"""Every kind of value comes back as it went in."""

import datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from astrapy.api_options import APIOptions, SerdesOptions
from astrapy.data_types import DataAPITimestamp, DataAPIVector
from astrapy.ids import ObjectId, uuid1, uuid6, uuid7

VALUES = {
    "null": None,
    "true": True,
    "a text": "naïve ☕ 𝕏 \u0000 \"quoted\" \\",
    "no text": "",
    "zero": 0,
    "a large integer": 9_000_000_000_000_000_123,
    "a fraction": -12.5,
    "a list of lists": [[], [[1], [None]], {}],
    "an object in a list in an object": {"a": [{"b": {"c": []}}]},
    "a time-based UUID": uuid1(),
    "a random UUID": uuid4(),
    "a sortable UUID": uuid6(),
    "a sortable UUID of today's kind": uuid7(),
    "an object id": ObjectId("65f9cfa0d7fabb3f255c25a1"),
    "a moment": DataAPITimestamp.from_string("2024-02-29T23:59:59.999Z"),
    "a moment long ago": DataAPITimestamp(-62_000_000_000_000),
    "bytes": b"\x00\xff\x10 bytes",
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_survives(collection, value):
    inserted = collection.insert_one({"at": {"depth": [value]}, "v": value}).inserted_id
    found = collection.find_one({"_id": inserted})
    assert found == {"_id": inserted, "at": {"depth": [value]}, "v": value}
    assert isinstance(value, type(found["v"]))  # uuid6 makes UUIDs of a class of its own


@pytest.mark.parametrize(
    "id",
    ["text", 7, 1.5, True, None, uuid4(), ObjectId(), DataAPITimestamp(1_700_000_000_000)],
    ids=lambda id: type(id).__name__,
)
def test_an_id_of_any_kind(collection, id):
    assert collection.insert_one({"_id": id}).inserted_id == id
    assert collection.find_one({"_id": id}) == {"_id": id}
    assert collection.find({"_id": {"$in": [id, "another"]}}).to_list() == [{"_id": id}]
    assert collection.delete_one({"_id": id}).deleted_count == 1


def test_numbers_are_exact_to_the_last_digit(collection):
    exact = collection.with_options(
        api_options=APIOptions(serdes_options=SerdesOptions(use_decimals_in_collections=True))
    )
    numbers = {
        "long": Decimal("12.12312321312312312312312321"),
        "huge": Decimal("123456789012345678901234567890123456789"),
        "small": Decimal("0.000001234567890123456789"),
    }
    exact.insert_one({"_id": "d", **numbers})
    assert exact.find_one({"_id": "d"}) == {"_id": "d", **numbers}
    for field, number in numbers.items():
        assert exact.find_one({field: number})["_id"] == "d", field
        assert exact.find_one({field: {"$gt": number}}) is None, field


def test_standard_types_may_be_asked_for_instead_of_the_clients_own(vectors):
    plain = vectors.with_options(
        api_options=APIOptions(serdes_options=SerdesOptions(custom_datatypes_in_reading=False))
    )
    moment = datetime.datetime(2024, 5, 17, 12, 30, 15, 250_000, tzinfo=datetime.timezone.utc)
    plain.insert_one({"_id": 1, "moment": moment, "$vector": [0.25, 0.5, 1]})
    assert plain.find_one({}, projection={"*": 1}) == {"_id": 1, "moment": moment, "$vector": [0.25, 0.5, 1.0]}


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "as numbers"])
def test_a_vector_is_the_same_packed_or_as_numbers(vectors, packed):
    collection = vectors.with_options(
        api_options=APIOptions(serdes_options=SerdesOptions(binary_encode_vectors=packed))
    )
    vector = DataAPIVector([0.125, -0.5, 3.0])
    collection.insert_one({"_id": 1, "$vector": vector})
    assert collection.find_one({}, projection={"$vector": True})["$vector"] == vector
    stored = collection.command({"findOne": {"projection": {"$vector": 1}}})["data"]["document"]["$vector"]
    assert stored == ({"$binary": "PgAAAL8AAABAQAAA"} if packed else [0.125, -0.5, 3])


def test_a_uuid_is_the_same_value_as_its_text(collection):
    id = UUID("b48ef1c4-6b1e-4a32-8e0f-6d0c4f0d9b11")
    collection.insert_one({"_id": id, "other": str(id)})
    assert collection.find_one({"_id": str(id)})["other"] == str(id)
    assert collection.find_one({"other": id})["_id"] == id
