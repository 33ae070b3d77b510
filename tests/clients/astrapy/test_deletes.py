"""Documents out."""

from conftest import ids


def test_one_document(collection):
    collection.insert_many([{"_id": n, "n": n} for n in range(4)])
    assert collection.delete_one({"_id": 0}).deleted_count == 1
    assert collection.delete_one({"_id": 0}).deleted_count == 0
    assert collection.delete_one({}, sort={"n": -1}).deleted_count == 1
    assert collection.find_one_and_delete({"n": 2}, projection={"n": True, "_id": False}) == {"n": 2}
    assert collection.find_one_and_delete({"n": 2}) is None
    assert ids(collection.find({})) == [1]


def test_many_over_several_requests(collection):
    collection.insert_many([{"_id": n, "even": n % 2 == 0} for n in range(100)])
    deleted = collection.delete_many({"even": True})
    assert deleted.deleted_count == 50
    assert len(deleted.raw_results) > 1
    assert collection.count_documents({}, upper_bound=100) == 50


def test_all_of_them_at_once_uncounted(collection):
    collection.insert_many([{"_id": n} for n in range(100)])
    assert collection.delete_many({}).deleted_count == -1
    assert collection.find({}).to_list() == []
