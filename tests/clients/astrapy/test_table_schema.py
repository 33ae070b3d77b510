"""Tables, their columns, indexes and types: made, changed, listed, dropped."""

import pytest
from astrapy.constants import SortMode, VectorMetric
from astrapy.info import (
    AlterTableAddColumns,
    AlterTableAddVectorize,
    AlterTableDropColumns,
    AlterTypeAddFields,
    AlterTypeRenameFields,
    ColumnType,
    CreateTableDefinition,
    CreateTypeDefinition,
    TableIndexOptions,
    TableScalarColumnTypeDescriptor,
    TableTextIndexOptions,
    TableVectorIndexOptions,
    VectorServiceOptions,
)
from conftest import refused

DEFINITION = (
    CreateTableDefinition.builder()
    .add_column("match", ColumnType.TEXT)
    .add_column("round", ColumnType.TINYINT)
    .add_column("score", ColumnType.INT)
    .add_column("when", ColumnType.TIMESTAMP)
    .add_column("winner", ColumnType.TEXT)
    .add_set_column("fighters", ColumnType.UUID)
    .add_list_column("notes", ColumnType.TEXT)
    .add_map_column("points", ColumnType.TEXT, ColumnType.INT)
    .add_vector_column("mood", dimension=3)
    .add_partition_by(["match"])
    .add_partition_sort({"round": SortMode.ASCENDING, "score": SortMode.DESCENDING})
    .build()
)


@pytest.fixture
def table(database, name):
    table = database.create_table(name, definition=DEFINITION)
    yield table
    database.drop_table(name, if_exists=True)


def test_a_table_is_listed_as_it_was_made(database, table):
    assert table.name in database.list_table_names()
    assert table.name not in database.list_collection_names()
    listed = {each.name: each.definition for each in database.list_tables()}[table.name]
    for definition in [listed, table.definition()]:
        assert definition.primary_key == DEFINITION.primary_key
        assert {name: column.as_spec() for name, column in definition.columns.items() if name != "mood"} == {
            name: column.as_spec() for name, column in DEFINITION.columns.items() if name != "mood"
        }
        mood = definition.columns["mood"]
        assert (mood.column_type.value, mood.dimension) == ("vector", 3)
        assert (mood.api_support.filter, mood.api_support.cql_definition) == (False, "vector<float, 3>")


def test_making_it_twice_has_to_be_meant(database, table):
    with refused("CANNOT_ADD_EXISTING_TABLE"):
        database.create_table(table.name, definition=DEFINITION)
    database.create_table(table.name, definition=DEFINITION, if_not_exists=True)
    table.drop()
    with refused("CANNOT_DROP_UNKNOWN_TABLE"):
        table.drop()
    database.drop_table(table.name, if_exists=True)
    with refused("UNKNOWN_COLLECTION_OR_TABLE"):
        table.insert_one({"match": "m", "round": 1, "score": 1})


@pytest.mark.parametrize("type", [type for type in ColumnType if type.value not in {"counter", "timeuuid"}], ids=str)
def test_a_column_of_every_type_can_be_made(database, name, type):
    definition = {"columns": {"id": "text", "c": type.value}, "primaryKey": "id"}
    table = database.create_table(name, definition=definition)
    assert table.definition().columns["c"] == TableScalarColumnTypeDescriptor(type)
    table.drop()


@pytest.mark.parametrize("type", [ColumnType.COUNTER, ColumnType.TIMEUUID])
def test_columns_only_cql_can_make_are_refused(database, name, type):
    with refused("UNSUPPORTED_DATA_TYPE_TABLE_CREATION"):
        database.create_table(name, definition={"columns": {"id": "text", "c": type.value}, "primaryKey": "id"})


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ({"columns": {"id": "text"}, "primaryKey": "other"}, "UNKNOWN_PARTITION_COLUMNS"),
        ({"columns": {"id": "string"}, "primaryKey": "id"}, "UNKNOWN_PRIMITIVE_DATA_TYPE"),
        ({"columns": {"id": "text"}, "primaryKey": {"partitionBy": [], "partitionSort": {}}}, "MISSING_PARTITION_COLUMNS"),
        ({"columns": {"id": "text", "m": {"type": "map"}}, "primaryKey": "id"}, "UNSUPPORTED_MAP_DEFINITION"),
        ({"columns": {"id": "text", "v": {"type": "vector"}}, "primaryKey": "id"}, "MISSING_DIMENSION_IN_VECTOR_COLUMN"),
        ({"columns": {"id": "text", "u": {"type": "userDefined", "udtName": "no"}}, "primaryKey": "id"},
         "UNKNOWN_USER_DEFINED_TYPE"),
    ],
    ids=["key", "type", "empty key", "map", "vector", "user type"],
)
def test_a_table_that_cannot_be_is_refused(database, name, definition, code):
    with refused(code):
        database.command({"createTable": {"name": name, "definition": definition}})
    assert name not in database.list_table_names()


def test_columns_are_added_and_dropped(table):
    table.insert_one({"match": "m", "round": 1, "score": 1, "winner": "Ada"})
    altered = table.alter(
        AlterTableAddColumns.coerce({"columns": {"tie": "boolean", "prizes": {"type": "list", "valueType": "decimal"}}})
    )
    assert {"tie", "prizes"} < altered.definition().columns.keys()
    assert altered.find_one({"match": "m"})["tie"] is None
    altered.alter(AlterTableDropColumns(columns=["tie", "winner"]))
    assert not {"tie", "winner"} & altered.definition().columns.keys()
    assert "winner" not in altered.find_one({"match": "m"})

    for operation, code in [
        (AlterTableAddColumns.coerce({"columns": {"score": "int"}}), "CANNOT_ADD_EXISTING_COLUMNS"),
        (AlterTableDropColumns(columns=["round"]), "CANNOT_DROP_PRIMARY_KEY_COLUMNS"),
        (AlterTableDropColumns(columns=["nothing"]), "CANNOT_DROP_UNKNOWN_COLUMNS"),
        (AlterTableAddVectorize(columns={"score": VectorServiceOptions("openai", "text-embedding-3-small")}),
         "CANNOT_VECTORIZE_NON_VECTOR_COLUMNS"),
        (AlterTableAddVectorize(columns={"mood": VectorServiceOptions("nobody", "nothing")}),
         "INVALID_CREATE_COLLECTION_OPTIONS"),
    ]:
        with refused(code):
            table.alter(operation)


def test_indexes_of_every_kind(database, table):
    table.create_index(f"{table.name}_winner", "winner", options=TableIndexOptions(case_sensitive=False, normalize=True))
    table.create_index(f"{table.name}_when", "when")
    table.create_index(f"{table.name}_fighters", "fighters")
    table.create_index(f"{table.name}_keys", {"points": "$keys"})
    table.create_vector_index(
        f"{table.name}_mood", "mood", options=TableVectorIndexOptions(metric=VectorMetric.DOT_PRODUCT, source_model="ada002")
    )
    listed = {index.name.removeprefix(f"{table.name}_"): index for index in table.list_indexes()}
    assert {f"{table.name}_{name}" for name in listed} == set(table.list_index_names())
    assert {name: (index.index_type.value, index.definition.as_dict()) for name, index in listed.items()} == {
        "winner": ("regular", {"column": "winner", "options": {"ascii": False, "caseSensitive": False, "normalize": True}}),
        "when": ("regular", {"column": "when"}),
        "fighters": ("regular", {"column": {"fighters": "$values"}}),
        "keys": ("regular", {"column": {"points": "$keys"}}),
        "mood": ("vector", {"column": "mood", "options": {"metric": "dot_product", "sourceModel": "ada002"}}),
    }

    with refused("CANNOT_ADD_EXISTING_INDEX"):
        table.create_index(f"{table.name}_when", "when")
    table.create_index(f"{table.name}_when", "when", if_not_exists=True)
    with refused("CANNOT_DROP_INDEXED_COLUMNS"):
        table.alter(AlterTableDropColumns(columns=["when"]))
    database.drop_table_index(f"{table.name}_when")
    with refused("CANNOT_DROP_UNKNOWN_INDEX"):
        database.drop_table_index(f"{table.name}_when")
    database.drop_table_index(f"{table.name}_when", if_exists=True)
    assert f"{table.name}_when" not in table.list_index_names()

    for create, column, code in [
        (table.create_index, "nothing", "UNKNOWN_INDEX_COLUMN"),
        (table.create_index, "mood", "UNSUPPORTED_INDEXING_FOR_DATA_TYPES"),
        (table.create_vector_index, "winner", "UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES"),
        (table.create_text_index, "score", "UNSUPPORTED_TEXT_INDEX_FOR_DATA_TYPES"),
    ]:
        with refused(code):
            create(f"{table.name}_wrong", column)


def test_a_text_index_with_an_analyzer(table):
    analyzer = {"tokenizer": {"name": "standard", "args": {}}, "charFilters": [],
                "filters": [{"name": "lowercase"}, {"name": "stop"}, {"name": "porterstem"}, {"name": "asciifolding"}]}
    table.create_text_index(f"{table.name}_text", "winner", options=TableTextIndexOptions(analyzer=analyzer))
    (index,) = table.list_indexes()
    assert (index.index_type.value, index.definition.options.analyzer["tokenizer"]["name"]) == ("text", "standard")
    table.insert_one({"match": "m", "round": 1, "score": 1, "winner": "The Quick Foxes"})
    for words in ["fox", "quickness of the Fôx"]:
        assert table.find_one({"winner": {"$match": words}})["winner"] == "The Quick Foxes", words
    assert table.find_one({"winner": {"$match": "foxtrot"}}) is None


def test_a_type_of_ones_own(database, name):
    definition = CreateTypeDefinition(
        fields={"street": TableScalarColumnTypeDescriptor("text"), "number": TableScalarColumnTypeDescriptor("int")}
    )
    database.create_type(name, definition=definition)
    with refused("CANNOT_ADD_EXISTING_TYPE"):
        database.create_type(name, definition=definition)
    database.create_type(name, definition=definition, if_not_exists=True)
    assert database.list_type_names() == [name]
    (listed,) = database.list_types()
    assert (listed.udt_name, listed.definition) == (name, definition)

    database.alter_type(name, AlterTypeRenameFields(fields={"number": "no"}))
    database.alter_type(name, AlterTypeAddFields(fields={"door": "text"}))
    assert list(database.list_types()[0].definition.fields) == ["street", "no", "door"]
    with refused("CANNOT_RENAME_UNKNOWN_TYPE_FIELD"):
        database.alter_type(name, AlterTypeRenameFields(fields={"nothing": "something"}))

    table = database.create_table(
        f"{name}_homes",
        definition={"columns": {"id": "int", "home": {"type": "userDefined", "udtName": name}}, "primaryKey": "id"},
    )
    with refused("CANNOT_DROP_TYPE_USED_BY_TABLE"):
        database.drop_type(name)
    table.drop()
    database.drop_type(name)
    with refused("CANNOT_DROP_UNKNOWN_TYPE"):
        database.drop_type(name)
    database.drop_type(name, if_exists=True)
    assert database.list_type_names() == []
