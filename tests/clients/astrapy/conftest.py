"""A server, a keyspace of this run's own, and a fresh collection for each test.

The server is named as everywhere in this repository: DATA_API_URL, DATA_API_USERNAME, DATA_API_PASSWORD.
"""

import os
from contextlib import contextmanager
from uuid import uuid4

import pytest
from astrapy import DataAPIClient
from astrapy.authentication import UsernamePasswordTokenProvider
from astrapy.exceptions import DataAPIResponseException

URL = os.environ["DATA_API_URL"]
TOKEN = UsernamePasswordTokenProvider(os.environ["DATA_API_USERNAME"], os.environ["DATA_API_PASSWORD"])


@pytest.fixture(scope="session")
def database():
    database = DataAPIClient(environment="hcd").get_database(URL, token=TOKEN)
    admin = database.get_database_admin()
    keyspace = f"astrapy_{uuid4().hex[:12]}"
    admin.create_keyspace(keyspace, update_db_keyspace=True)
    yield database
    admin.drop_keyspace(keyspace)


@pytest.fixture
def name():
    """A name nothing has yet."""
    return f"n{uuid4().hex[:12]}"


@pytest.fixture
def collection(database, name):
    yield database.create_collection(name)
    database.drop_collection(name)


@pytest.fixture
def vectors(database, name):
    """A collection with vectors of three numbers, compared by cosine."""
    yield database.create_collection(name, definition={"vector": {"dimension": 3, "metric": "cosine"}})
    database.drop_collection(name)


@contextmanager
def refused(*codes):
    """What is done inside is answered with these error codes and no others."""
    with pytest.raises(DataAPIResponseException) as refusal:
        yield refusal
    assert [error.error_code for error in refusal.value.error_descriptors] == list(codes)


def ids(documents):
    """Their `_id`s, sorted, since documents without a sort come in an order of the server's."""
    return sorted(document["_id"] for document in documents)
