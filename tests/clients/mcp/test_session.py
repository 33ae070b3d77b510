"""Sessions with `astra-dev mcp`, on standard input and output and over HTTP, in a keyspace of this run's own.

ASTRA_DEV is the program; the database is named by DATA_API_URL, DATA_API_USERNAME and DATA_API_PASSWORD.
"""

import asyncio
import json
import os
import re
import subprocess
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from mcp import Client, MCPError, StdioServerParameters

PROGRAM = os.environ["ASTRA_DEV"]
SETTINGS = {name: os.environ[name] for name in ("DATA_API_URL", "DATA_API_USERNAME", "DATA_API_PASSWORD")}
LOCAL = {"provider": "local", "modelName": "hash-ngrams"}
DEFINITION = {
    "vector": {"metric": "cosine", "service": LOCAL},
    "lexical": {"enabled": True, "analyzer": "standard"},
    "rerank": {"enabled": True, "service": {"provider": "local", "modelName": "reciprocal-rank-fusion"}},
}
TEAS = [
    {"_id": "sencha", "from": "Japan", "price": 9, "$hybrid": "a green tea, steamed"},
    {"_id": "assam", "from": "India", "price": 5, "$hybrid": "a malty black tea"},
    {"_id": "darjeeling", "from": "India", "price": 12, "$hybrid": "a light black tea from the hills"},
]


@asynccontextmanager
async def on_stdio(*options):
    server = StdioServerParameters(command=PROGRAM, args=["mcp", *options], env=SETTINGS)
    async with Client(server) as client:
        yield client


@asynccontextmanager
async def over_http(*options):
    command = [PROGRAM, "mcp", "--port", "0", *options]
    with subprocess.Popen(command, env={**os.environ, **SETTINGS}, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = re.search(r"http://127\.0\.0\.1:\d+/mcp", server.stdout.readline())[0]
            async with Client(url) as client:
                yield client
        finally:
            server.terminate()


@pytest.fixture(params=[on_stdio, over_http])
def connect(request):
    return request.param


@pytest.fixture(scope="module")
def keyspace():
    name = "mcp_" + uuid4().hex[:12]

    async def fill():
        async with on_stdio("--write") as client:
            await data(client, "createKeyspace", name=name)
            await data(client, "createCollection", keyspace=name, collection="teas", options=DEFINITION)
            await data(client, "createCollection", keyspace=name, collection="secrets")
            await data(client, "insertMany", keyspace=name, collection="teas", documents=TEAS)
            columns = {"columns": {"id": "text", "stock": "int"}, "primaryKey": "id"}
            await data(client, "createTable", keyspace=name, table="stock", definition=columns)
            await data(client, "insertOne", keyspace=name, collection="stock", document={"id": "assam", "stock": 7})

    async def drop():
        async with on_stdio("--write") as client:
            await data(client, "dropKeyspace", name=name)

    asyncio.run(fill())
    yield name
    asyncio.run(drop())


async def data(client, tool, **arguments):
    """What a call answers, which must not be an error; its text is the same."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


async def refusal(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result
    return result.content[0].text


def session(test):
    """Runs a coroutine as a test."""

    def run(connect, keyspace):
        asyncio.run(test(connect, keyspace))

    run.__name__ = test.__name__
    return run


@session
async def test_tools_and_how_they_are_marked(connect, keyspace):
    async with connect() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert {"find", "findAndRerank", "listTables", "findDistinctValues"} <= tools.keys()
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    assert "keyspace" not in tools["find"].input_schema["required"]
    async with connect("--write") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert len(tools) == 36
    assert tools["deleteMany"].annotations.destructive_hint
    assert not tools["insertOne"].annotations.destructive_hint
    assert "filter" in tools["deleteMany"].input_schema["required"]
    assert "dryRun" in tools["deleteMany"].input_schema["properties"]
    async with connect("--write", "--keyspace", keyspace) as client:
        narrowed = {tool.name for tool in (await client.list_tools()).tools}
    assert tools.keys() - narrowed == {"createKeyspace", "dropKeyspace"}


@session
async def test_reads(connect, keyspace):
    async with connect("--keyspace", keyspace) as client:
        found = await data(client, "find", collection="teas", filter={"from": "India"}, sort={"price": 1})
        assert [tea["_id"] for tea in found["data"]["documents"]] == ["assam", "darjeeling"]
        near = await data(client, "find", collection="teas", sort={"$vectorize": "green teas"}, options={"limit": 1})
        assert [tea["_id"] for tea in near["data"]["documents"]] == ["sencha"]
        words = await data(client, "find", collection="teas", sort={"$lexical": "hills"})
        assert [tea["_id"] for tea in words["data"]["documents"]] == ["darjeeling"]
        both = await data(client, "findAndRerank", collection="teas", sort={"$hybrid": "malty black tea"})
        assert both["data"]["documents"][0]["_id"] == "assam"
        rows = await data(client, "find", collection="stock", filter={"id": "assam"})
        assert rows["data"]["documents"] == [{"id": "assam", "stock": 7}]
        assert (await data(client, "countDocuments", collection="teas"))["status"]["count"] == 3
        values = await data(client, "findDistinctValues", collection="teas", field="from")
        assert sorted(values["data"]["values"]) == ["India", "Japan"]


@session
async def test_nothing_is_written_without_being_allowed(connect, keyspace):
    async with connect() as client:
        said = await refusal(client, "insertOne", keyspace=keyspace, collection="teas", document={"_id": "mate"})
        assert "--write" in said
        assert (await data(client, "countDocuments", keyspace=keyspace, collection="teas"))["status"]["count"] == 3


@session
async def test_writes(connect, keyspace):
    async with connect("--write", "--keyspace", keyspace) as client:
        mate = {"collection": "teas", "filter": {"_id": "mate"}}
        await data(client, "insertOne", collection="teas", document={"_id": "mate", "price": 3})
        tried = await data(client, "deleteMany", dryRun=True, **mate)
        assert tried["command"] == {"deleteMany": {"filter": {"_id": "mate"}}}
        assert [tea["_id"] for tea in tried["selects"]] == ["mate"]
        changed = await data(client, "updateOne", update={"$set": {"price": 4}}, **mate)
        assert changed["status"]["modifiedCount"] == 1
        assert "filter" in await refusal(client, "deleteMany", collection="teas")
        assert (await data(client, "deleteMany", **mate))["status"]["deletedCount"] == 1


@session
async def test_pages(connect, keyspace):
    async with connect("--write", "--keyspace", keyspace) as client:
        await data(client, "createCollection", collection="many")
        for start in (0, 20):
            documents = [{"_id": number} for number in range(start, start + 20)]
            await data(client, "insertMany", collection="many", documents=documents)
        seen, page = [], {}
        while page is not None:
            found = (await data(client, "find", collection="many", options=page))["data"]
            seen += [document["_id"] for document in found["documents"]]
            page = {"pageState": found["nextPageState"]} if found["nextPageState"] else None
        assert sorted(seen) == list(range(40))
        await data(client, "deleteCollection", collection="many")


@session
async def test_what_is_out_of_bounds(connect, keyspace):
    async with connect("--write", "--keyspace", keyspace, "--collections", "teas") as client:
        listed = await data(client, "findCollections")
        assert listed["status"]["collections"] == ["teas"]
        assert (await data(client, "findKeyspaces"))["status"]["keyspaces"] == [keyspace]
        assert "secrets" in await refusal(client, "find", collection="secrets")
        assert "system" in await refusal(client, "find", keyspace="system", collection="teas")
        assert "secrets" in await refusal(client, "deleteCollection", collection="secrets")
        assert "--keyspace" in await refusal(client, "dropKeyspace", name=keyspace)
        names = [str(resource.uri) for resource in (await client.list_resources()).resources]
        assert all(name.endswith("/teas") for name in names)
    async with connect("--keyspace", keyspace) as client:
        assert "cannot exist" in await refusal(client, "find", collection="../system/teas")


@session
async def test_resources(connect, keyspace):
    async with connect("--keyspace", keyspace) as client:
        addresses = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert addresses == {f"astra-db://{keyspace}/{name}" for name in ("teas", "secrets", "stock")}
        read = await client.read_resource(f"astra-db://{keyspace}/teas")
        assert json.loads(read.contents[0].text)["options"]["vector"]["service"] == LOCAL
        read = await client.read_resource(f"astra-db://{keyspace}/stock")
        assert "stock" in json.loads(read.contents[0].text)["definition"]["columns"]
        templates = (await client.list_resource_templates()).resource_templates
        assert [template.uri_template for template in templates] == ["astra-db://{keyspace}/{name}"]
        with pytest.raises(MCPError):
            await client.read_resource(f"astra-db://{keyspace}/absent")


@session
async def test_errors(connect, keyspace):
    async with connect("--keyspace", keyspace) as client:
        with pytest.raises(MCPError):
            await client.call_tool("noSuchTool", {})
        assert "collection" in await refusal(client, "find")
        said = await client.call_tool("find", {"collection": "teas", "filter": {"a": {"$no": 1}}})
        assert said.is_error
        assert said.structured_content["errors"][0]["errorCode"] == "FILTER_UNSUPPORTED_OPERATOR", said
        said = await refusal(client, "find", collection="absent")
        assert SETTINGS["DATA_API_PASSWORD"] not in said
        # The session goes on.
        assert (await data(client, "countDocuments", collection="teas"))["status"]["count"] == 3


@session
async def test_long_answers_are_refused(connect, keyspace):
    async with connect("--write", "--keyspace", keyspace) as client:
        await data(client, "createCollection", collection="long", options={"lexical": {"enabled": False}, "indexing": {"deny": ["text"]}})
        for number in range(10):
            await data(client, "insertOne", collection="long", document={"_id": number, "text": "x" * 50_000})
        assert "projection" in await refusal(client, "find", collection="long")
        found = await data(client, "find", collection="long", projection={"text": 0})
        assert len(found["data"]["documents"]) == 10
        await data(client, "deleteCollection", collection="long")
