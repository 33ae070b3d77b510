"""Keyspaces, providers, and who may come in."""

import pytest
from astrapy import DataAPIClient
from astrapy.authentication import StaticTokenProvider, UsernamePasswordTokenProvider
from astrapy.exceptions import DataAPIHttpException
from conftest import TOKEN, URL, refused


def test_a_keyspace_is_created_listed_used_and_dropped(database, name):
    admin = database.get_database_admin()
    admin.create_keyspace(name, replication_options={"class": "SimpleStrategy", "replication_factor": 1})
    assert name in admin.list_keyspaces()
    admin.create_keyspace(name)  # once more changes nothing

    other = database.with_options(keyspace=name)
    assert (other.keyspace, other.list_collection_names(), other.list_table_names()) == (name, [], [])

    admin.drop_keyspace(name)
    assert name not in admin.list_keyspaces()
    with refused("UNKNOWN_KEYSPACE"):
        other.list_collection_names()


def test_a_keyspace_needs_a_plain_name(database):
    with refused("UNSUPPORTED_SCHEMA_NAME"):
        database.get_database_admin().create_keyspace("not-a-name")


def test_what_reranks_is_listed(database):
    providers = database.get_database_admin().find_reranking_providers().reranking_providers
    assert [model.name for model in providers["nvidia"].models if model.is_default] == ["nvidia/llama-3.2-nv-rerankqa-1b-v2"]


def test_what_embeds_is_listed_and_what_is_not_cannot_be_had(database, name):
    providers = database.get_database_admin().find_embedding_providers().embedding_providers
    assert all(provider.models for provider in providers.values())
    assert "nobody" not in providers
    with refused("INVALID_CREATE_COLLECTION_OPTIONS"):
        database.create_collection(name, definition={"vector": {"service": {"provider": "nobody", "modelName": "none"}}})


@pytest.mark.parametrize(
    "token",
    [None, StaticTokenProvider("AstraCS:nobody"), UsernamePasswordTokenProvider("cassandra", "guess")],
    ids=["no token", "an unknown token", "a wrong password"],
)
def test_without_the_right_token_nothing_is_answered(token):
    stranger = DataAPIClient(environment="hcd").get_database(URL, token=token, keyspace="any")
    with pytest.raises(DataAPIHttpException) as refusal:
        stranger.list_collection_names()
    assert refusal.value.response.status_code == 401
    expected = "UNAUTHENTICATED_REQUEST" if token else "MISSING_AUTHENTICATION_TOKEN"
    assert [error.error_code for error in refusal.value.error_descriptors] == [expected]


def test_a_command_the_client_has_no_method_for_can_be_sent_by_hand(database):
    answer = database.command({"findCollections": {}})
    assert answer["status"]["collections"] == database.list_collection_names()
    assert DataAPIClient(environment="hcd").get_database(URL, token=TOKEN).command(
        {"findKeyspaces": {}}, keyspace=None
    )["status"]["keyspaces"]
    with refused("COMMAND_UNKNOWN"):
        database.command({"makeCoffee": {}})
    answer = database.command({"makeCoffee": {}}, raise_api_errors=False)
    assert answer["errors"][0]["errorCode"] == "COMMAND_UNKNOWN"
