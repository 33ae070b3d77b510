import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.astra.client.collections.definition.CollectionDefaultIdTypes;
import com.datastax.astra.client.collections.definition.CollectionDefinition;
import com.datastax.astra.client.collections.definition.documents.Document;
import com.datastax.astra.client.collections.definition.documents.types.ObjectId;
import com.datastax.astra.client.core.query.Sort;
import com.datastax.astra.client.core.vector.SimilarityMetric;
import com.datastax.astra.client.tables.commands.AlterTableAddColumns;
import com.datastax.astra.client.tables.commands.AlterTableDropColumns;
import com.datastax.astra.client.tables.commands.AlterTypeAddFields;
import com.datastax.astra.client.tables.commands.options.CreateTableOptions;
import com.datastax.astra.client.tables.commands.options.DropTableOptions;
import com.datastax.astra.client.tables.definition.TableDefinition;
import com.datastax.astra.client.tables.definition.columns.TableColumnDefinitionVector;
import com.datastax.astra.client.tables.definition.columns.TableColumnTypes;
import com.datastax.astra.client.tables.definition.indexes.TableIndexMapTypes;
import com.datastax.astra.client.tables.definition.indexes.TableRegularIndexDescriptor;
import com.datastax.astra.client.tables.definition.indexes.TableVectorIndexDefinition;
import com.datastax.astra.client.tables.definition.indexes.TableVectorIndexDescriptor;
import com.datastax.astra.client.tables.definition.types.TableUserDefinedTypeDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Schema")
class SchemaTest extends Place {
    @Test
    @DisplayName("lists a collection as it was made")
    void collection() {
        var name = newName();
        var definition = new CollectionDefinition().vector(3, SimilarityMetric.EUCLIDEAN).indexingDeny("blob")
            .defaultId(CollectionDefaultIdTypes.OBJECT_ID).disableLexical().disableRerank();
        var collection = database.createCollection(name, definition);
        var found = collection.getDefinition();
        assertEquals(3, found.getVector().getDimension());
        assertEquals(SimilarityMetric.EUCLIDEAN, found.getVector().getSimilarityMetric());
        assertEquals(List.of("blob"), found.getIndexing().getDeny());
        assertEquals("objectId", found.getDefaultId().getType().getValue());
        assertFalse(found.getLexical().isEnabled());
        assertTrue(database.listCollectionNames().contains(name));
        assertInstanceOf(ObjectId.class, collection.insertOne(new Document().append("n", 1)).getInsertedId());

        database.createCollection(name, definition); // once more changes nothing
        refused(() -> database.createCollection(name, new CollectionDefinition().vectorDimension(4)),
            "EXISTING_COLLECTION_DIFFERENT_SETTINGS");
        collection.drop();
        assertFalse(database.collectionExists(name));
        refused(() -> collection.insertOne(new Document()), "UNKNOWN_COLLECTION_OR_TABLE");
    }

    private static TableDefinition matches() {
        return new TableDefinition()
            .addColumnText("match").addColumnInt("round").addColumnInt("score").addColumnText("winner")
            .addColumnSet("fighters", TableColumnTypes.UUID)
            .addColumnMap("points", TableColumnTypes.TEXT, TableColumnTypes.INT)
            .addColumnVector("mood", new TableColumnDefinitionVector().dimension(3))
            .partitionKey("match").clusteringColumns(Sort.ascending("round"), Sort.descending("score"));
    }

    @Test
    @DisplayName("lists a table as it was made, and alters it")
    void table() {
        var name = newName();
        var table = database.createTable(name, matches());
        var found = table.getDefinition();
        assertEquals(List.of("match"), found.getPrimaryKey().getPartitionBy());
        assertEquals(Map.of("round", 1, "score", -1), found.getPrimaryKey().getPartitionSort());
        assertEquals(Set.of("match", "round", "score", "winner", "fighters", "points", "mood"), found.getColumns().keySet());
        assertEquals(TableColumnTypes.SET, found.getColumns().get("fighters").getType());
        assertEquals(TableColumnTypes.VECTOR, found.getColumns().get("mood").getType());
        assertEquals(List.of(name), database.listTableNames());

        refused(() -> database.createTable(name, matches()), "CANNOT_ADD_EXISTING_TABLE");
        database.createTable(name, matches(), CreateTableOptions.IF_NOT_EXISTS);

        table.alter(new AlterTableAddColumns().addColumnBoolean("tie"));
        assertEquals(TableColumnTypes.BOOLEAN, table.getDefinition().getColumns().get("tie").getType());
        table.alter(new AlterTableDropColumns("tie"));
        assertFalse(table.getDefinition().getColumns().containsKey("tie"));
        refused(() -> table.alter(new AlterTableDropColumns("round")), "CANNOT_DROP_PRIMARY_KEY_COLUMNS");

        database.dropTable(name);
        database.dropTable(name, DropTableOptions.IF_EXISTS);
        refused(() -> database.dropTable(name), "CANNOT_DROP_UNKNOWN_TABLE");
    }

    @ParameterizedTest
    @EnumSource(value = TableColumnTypes.class, mode = EnumSource.Mode.EXCLUDE, names = {
        "COUNTER", "TIMEUUID", "USERDEFINED", "LIST", "MAP", "SET", "VECTOR", "UNSUPPORTED", "UNDEFINED"})
    @DisplayName("takes columns of every type")
    void columnTypes(TableColumnTypes type) {
        var name = newName();
        var table = database.createTable(name, new TableDefinition().addColumnText("id").addColumn("c", type).partitionKey("id"));
        assertEquals(type, table.getDefinition().getColumns().get("c").getType());
        table.drop();
    }

    @Test
    @DisplayName("makes, lists and drops indexes")
    void indexes() {
        var table = database.createTable(newName(), matches());
        table.createIndex("i_winner", "winner");
        table.createIndex("i_points", "points", TableIndexMapTypes.KEYS);
        table.createVectorIndex("i_mood", new TableVectorIndexDefinition().column("mood").metric(SimilarityMetric.DOT_PRODUCT));
        assertEquals(Set.of("i_winner", "i_points", "i_mood"), Set.copyOf(table.listIndexesNames()));
        var kinds = table.listIndexes().stream().collect(Collectors.toMap(index -> index.getName(), index -> index.getClass()));
        assertEquals(TableRegularIndexDescriptor.class, kinds.get("i_winner"));
        assertEquals(TableVectorIndexDescriptor.class, kinds.get("i_mood"));
        refused(() -> table.createIndex("i_winner", "winner"), "CANNOT_ADD_EXISTING_INDEX");
        database.dropTableIndex("i_winner");
        refused(() -> database.dropTableIndex("i_winner"), "CANNOT_DROP_UNKNOWN_INDEX");
        refused(() -> table.createIndex("wrong", "nothing"), "UNKNOWN_INDEX_COLUMN");
        table.drop();
    }

    @Test
    @DisplayName("makes, changes, lists and drops types")
    void types() {
        var name = newName();
        database.createType(name, new TableUserDefinedTypeDefinition().addFieldText("street").addFieldInt("number"));
        database.alterType(name, new AlterTypeAddFields().addFieldText("door"));
        assertEquals(List.of(name), database.listTypeNames());
        assertEquals(Set.of("street", "number", "door"), database.listTypes().get(0).getDefinition().getFields().keySet());
        database.dropType(name);
        refused(() -> database.dropType(name), "CANNOT_DROP_UNKNOWN_TYPE");
    }
}
