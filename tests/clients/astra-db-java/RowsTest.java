import static com.datastax.astra.client.core.query.Filters.and;
import static com.datastax.astra.client.core.query.Filters.eq;
import static com.datastax.astra.client.core.query.Filters.gt;
import static com.datastax.astra.client.core.query.Filters.in;
import static com.datastax.astra.client.core.query.Filters.lt;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.astra.client.core.query.Filter;
import com.datastax.astra.client.core.query.Projection;
import com.datastax.astra.client.core.query.Sort;
import com.datastax.astra.client.core.vector.SimilarityMetric;
import com.datastax.astra.client.tables.Table;
import com.datastax.astra.client.tables.commands.TableUpdateOperation;
import com.datastax.astra.client.tables.commands.options.TableFindOneOptions;
import com.datastax.astra.client.tables.commands.options.TableFindOptions;
import com.datastax.astra.client.tables.commands.options.TableInsertManyOptions;
import com.datastax.astra.client.tables.definition.TableDefinition;
import com.datastax.astra.client.tables.definition.columns.TableColumnDefinitionVector;
import com.datastax.astra.client.tables.definition.columns.TableColumnTypes;
import com.datastax.astra.client.tables.definition.indexes.TableVectorIndexDefinition;
import com.datastax.astra.client.tables.definition.rows.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Rows")
class RowsTest extends Place {
    private Table<Row> plays;

    @BeforeAll
    void createTable() {
        plays = database.createTable("plays", new TableDefinition()
            .addColumnText("song").addColumnInt("day").addColumnInt("at").addColumnText("by")
            .addColumnSet("tags", TableColumnTypes.TEXT)
            .addColumnVector("mood", new TableColumnDefinitionVector().dimension(2))
            .partitionKey("song", "day").clusteringColumns(Sort.descending("at")));
        plays.createVectorIndex("plays_mood", new TableVectorIndexDefinition().column("mood").metric(SimilarityMetric.EUCLIDEAN));
    }

    @BeforeEach
    void empty() {
        plays.deleteAll();
    }

    private static Row play(int day, int at) {
        return new Row().addText("song", "s").addInt("day", day).addInt("at", at);
    }

    private static Filter key(int day, int at) {
        return and(eq("song", "s"), eq("day", day), eq("at", at));
    }

    private List<Integer> at(Filter filter, TableFindOptions options) {
        return plays.find(filter, options).toList().stream().map(row -> row.getInteger("at")).toList();
    }

    @Test
    @DisplayName("come back as they went in")
    void values() throws Exception {
        var uuid = UUID.fromString("b48ef1c4-6b1e-4a32-8e0f-6d0c4f0d9b11");
        var everything = database.createTable("everything", new TableDefinition()
            .addColumnUuid("id").addColumnAscii("ascii").addColumnBigInt("bigint").addColumnBlob("blob").addColumnBoolean("boolean")
            .addColumn("date", TableColumnTypes.DATE).addColumn("decimal", TableColumnTypes.DECIMAL)
            .addColumn("double", TableColumnTypes.DOUBLE).addColumn("inet", TableColumnTypes.INET)
            .addColumn("time", TableColumnTypes.TIME).addColumnTimestamp("timestamp").addColumn("varint", TableColumnTypes.VARINT)
            .addColumnList("list", TableColumnTypes.TEXT).addColumnSet("set", TableColumnTypes.INT)
            .addColumnMap("map", TableColumnTypes.TEXT, TableColumnTypes.INT)
            .addColumnVector("vector", new TableColumnDefinitionVector().dimension(2))
            .partitionKey("id"));
        var varint = new BigInteger("12345678901234567890123456789012345678901234567890");
        var decimal = new BigDecimal("-12.125");
        everything.insertOne(new Row().addUUID("id", uuid)
            .addAscii("ascii", "plain").addBigInt("bigint", Long.MAX_VALUE).addBlob("blob", new byte[] {0, 1, -2, -1})
            .addBoolean("boolean", false).addLocalDate("date", LocalDate.of(2024, 2, 29)).addDecimal("decimal", decimal)
            .addDouble("double", -1.5e-300).addInet("inet", java.net.InetAddress.getByName("192.0.2.7"))
            .addTime("time", LocalTime.parse("23:59:59.123")).addTimeStamp("timestamp", Instant.ofEpochMilli(-1))
            .addVarInt("varint", varint).addList("list", List.of("b", "a", "b")).addSet("set", Set.of(2, 1))
            .addMap("map", Map.of("k", 1)).addVector("vector", new float[] {0.1f, -2.5f}));

        var row = everything.findOne(eq("id", uuid)).orElseThrow();
        assertEquals(uuid, row.get("id", UUID.class));
        assertEquals("plain", row.getAscii("ascii"));
        assertEquals(Long.MAX_VALUE, row.getBigInt("bigint"));
        assertArrayEquals(new byte[] {0, 1, -2, -1}, row.get("blob", byte[].class));
        assertEquals(false, row.getBoolean("boolean"));
        assertEquals(LocalDate.of(2024, 2, 29), row.get("date", LocalDate.class));
        assertEquals(decimal, row.get("decimal", BigDecimal.class));
        assertEquals(-1.5e-300, row.getDouble("double"));
        assertEquals("192.0.2.7", row.get("inet", java.net.InetAddress.class).getHostAddress());
        assertEquals(LocalTime.parse("23:59:59.123"), row.get("time", LocalTime.class));
        assertEquals(Instant.ofEpochMilli(-1), row.getInstant("timestamp"));
        assertEquals(varint, row.get("varint", BigInteger.class));
        assertEquals(List.of("b", "a", "b"), row.getList("list", String.class));
        assertEquals(List.of(1, 2), row.getList("set", Integer.class));
        assertEquals(Map.of("k", 1), row.get("map"));
        assertArrayEquals(new float[] {0.1f, -2.5f}, row.getVector("vector").getEmbeddings());
    }

    @Test
    @DisplayName("tell their key, and are written over column by column")
    void upserts() {
        var inserted = plays.insertOne(play(1, 3).addText("by", "Ada"));
        assertEquals(List.of("s", 1, 3), inserted.getInsertedId());
        assertEquals(Set.of("song", "day", "at"), inserted.getPrimaryKeySchema().keySet());
        plays.insertOne(play(1, 3).addSet("tags", Set.of("x")));
        var row = plays.findOne(key(1, 3)).orElseThrow();
        assertEquals("Ada", row.getText("by"));
        assertEquals(List.of("x"), row.getList("tags", String.class));
        refused(() -> plays.insertOne(play(1, 3).addText("nothing", "x")), "UNKNOWN_TABLE_COLUMNS");
        refused(() -> plays.insertOne(new Row().addText("song", "s")), "MISSING_PRIMARY_KEY_COLUMNS");
        refused(() -> plays.insertOne(play(1, 3).addInt("by", 7)), "INVALID_COLUMN_VALUES");
    }

    @Test
    @DisplayName("are found by key, by column and by vector, in order, page by page")
    void finding() {
        var rows = IntStream.range(0, 60).mapToObj(at -> play(1, at).addText("by", at % 2 == 1 ? "odd" : "even").addVector("mood", new float[] {at, 0}));
        assertEquals(60, plays.insertMany(rows.toList(), new TableInsertManyOptions().chunkSize(20).concurrency(3)).getInsertedIds().size());
        var day = and(eq("song", "s"), eq("day", 1));
        assertEquals(List.of(59, 58), at(and(eq("song", "s"), eq("day", 1), gt("at", 57)), new TableFindOptions()));
        assertEquals(List.of(3, 1), at(and(eq("song", "s"), eq("day", 1), eq("by", "odd"), lt("at", 4)), new TableFindOptions()));
        assertEquals(List.of(9, 7), at(and(eq("song", "s"), eq("day", 1), in("at", 7, 9, 99)), new TableFindOptions()));
        assertEquals(List.of(0, 1, 2), at(day, new TableFindOptions().sort(Sort.ascending("at")).limit(3)));
        assertEquals(60, plays.find(day).toList().size());

        var first = plays.findPage(day, new TableFindOptions());
        var second = plays.findPage(day, new TableFindOptions().pageState(first.getPageState().orElseThrow()));
        assertEquals(List.of(50, 10), List.of(first.getResults().size(), second.getResults().size()));

        var near = new TableFindOptions().sort(Sort.vector("mood", new float[] {23, 0})).limit(1).includeSimilarity(true);
        var nearest = plays.find(new Filter(), near).toList().get(0);
        assertEquals(23, nearest.getInteger("at"));
        assertEquals(1d, nearest.getSimilarity());

        var only = plays.findOne(key(1, 5), new TableFindOneOptions().projection(Projection.include("by"))).orElseThrow();
        assertEquals(Map.of("by", "odd"), only.getColumnMap());
        assertTrue(plays.findOne(key(1, 99)).isEmpty());
        assertEquals(Set.of("odd", "even"), plays.distinct("by", day, String.class));
    }

    @Test
    @DisplayName("are set and unset")
    void updates() {
        plays.updateOne(key(1, 3), new TableUpdateOperation().set("by", "Ada").set("tags", Set.of("x"))); // there was no such row
        plays.updateOne(key(1, 3), new TableUpdateOperation().unset("tags"));
        var row = plays.findOne(key(1, 3)).orElseThrow();
        assertEquals("Ada", row.getText("by"));
        assertNull(row.get("tags"));
        refused(() -> plays.updateOne(eq("song", "s"), new TableUpdateOperation().set("by", "x")),
            "MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE");
        refused(() -> plays.updateOne(key(1, 3), new TableUpdateOperation().set("at", 4)), "UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS");
    }

    @Test
    @DisplayName("are deleted by key, by range and altogether")
    void deletions() {
        plays.insertMany(List.of(play(1, 1), play(1, 2), play(1, 3), play(2, 1), play(2, 2)));
        plays.deleteOne(key(1, 1));
        plays.deleteMany(and(eq("song", "s"), eq("day", 1), gt("at", 2)));
        assertEquals(List.of(2), at(and(eq("song", "s"), eq("day", 1)), new TableFindOptions()));
        refused(() -> plays.deleteMany(eq("song", "s")), "INVALID_PRIMARY_KEY_FILTER");
        plays.deleteAll();
        assertEquals(List.of(), plays.findAll().toList());
    }
}
