"""The same client for asyncio, and what it does when time runs out."""

import asyncio

import pytest
from astrapy.exceptions import CollectionInsertManyException, DataAPITimeoutException


def test_the_tour_in_short_side_by_side(database, name):
    async def tour():
        db = database.to_async()
        collection = await db.create_collection(name)
        await asyncio.gather(*(collection.insert_one({"_id": n, "n": n}) for n in range(40)))
        await asyncio.gather(*(collection.update_one({"_id": 0}, {"$inc": {"n": 1}}) for _ in range(25)))
        assert (await collection.find_one({"_id": 0}))["n"] == 25
        with pytest.raises(CollectionInsertManyException) as failure:
            await collection.insert_many([{"_id": n} for n in range(39, 80)], chunk_size=7, concurrency=4)
        assert len(failure.value.inserted_ids) == 40
        assert sorted([document["_id"] async for document in collection.find({})]) == list(range(80))
        assert await collection.distinct("n", filter={"_id": {"$lt": 3}}) and await db.list_collection_names()
        await collection.drop()

    asyncio.run(tour())


def test_a_client_that_has_no_time_says_so(collection):
    collection.insert_one({"_id": 1})
    with pytest.raises(DataAPITimeoutException):
        # Nothing answers within a millisecond with a body of this size to read first.
        collection.insert_many([{"text": "x" * 7000} for _ in range(2000)], general_method_timeout_ms=1)
