"""Search by words and hybrid search. A server may be without them, and then has to say so."""

import pytest
from astrapy.info import CollectionLexicalOptions
from conftest import refused


@pytest.fixture
def texts(database, name):
    definition = {"lexical": CollectionLexicalOptions(enabled=True, analyzer="standard").as_dict()}
    answer = database.command({"createCollection": {"name": name, "options": definition}}, raise_api_errors=False)
    if "errors" in answer:
        assert [error["errorCode"] for error in answer["errors"]] == ["LEXICAL_FEATURE_NOT_ENABLED"]
        pytest.skip("this server has no search by words, and says so")
    yield database.get_collection(name)
    database.drop_collection(name)


def test_documents_are_found_by_words(texts):
    texts.insert_many([{"_id": 1, "$lexical": "a green tree"}, {"_id": 2, "$lexical": "a red house"}])
    assert [each["_id"] for each in texts.find({"$lexical": {"$match": "tree"}})] == [1]
    assert [each["_id"] for each in texts.find({}, sort={"$lexical": "house"})] == [2]


def test_without_search_by_words_it_is_refused(database, name):
    collection = database.create_collection(name, definition={"lexical": {"enabled": False}})
    with refused("LEXICAL_NOT_ENABLED_FOR_COLLECTION"):
        collection.find_one({"$lexical": {"$match": "tree"}})
    with refused("LEXICAL_NOT_ENABLED_FOR_COLLECTION"):
        collection.find_one({}, sort={"$lexical": "tree"})
    with refused("LEXICAL_NOT_ENABLED_FOR_COLLECTION"):
        collection.insert_one({"$lexical": "a green tree"})
    collection.drop()


def test_hybrid_search_needs_what_embeds(vectors):
    with refused("UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION"):
        vectors.find_and_rerank({}, sort={"$hybrid": "a green tree"}).to_list()
