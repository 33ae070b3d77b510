import static com.datastax.astra.client.core.query.Filters.eq;
import static com.datastax.astra.client.core.query.Filters.gte;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.astra.client.collections.Collection;
import com.datastax.astra.client.collections.commands.ReturnDocument;
import com.datastax.astra.client.collections.commands.Update;
import com.datastax.astra.client.collections.commands.Updates;
import com.datastax.astra.client.collections.commands.options.CollectionDeleteOneOptions;
import com.datastax.astra.client.collections.commands.options.CollectionFindOneAndUpdateOptions;
import com.datastax.astra.client.collections.commands.options.CollectionInsertManyOptions;
import com.datastax.astra.client.collections.commands.options.CollectionReplaceOneOptions;
import com.datastax.astra.client.collections.commands.options.CollectionUpdateOneOptions;
import com.datastax.astra.client.collections.definition.documents.Document;
import com.datastax.astra.client.collections.definition.documents.types.ObjectId;
import com.datastax.astra.client.collections.exceptions.TooManyDocumentsToCountException;
import com.datastax.astra.client.core.query.Filter;
import com.datastax.astra.client.core.query.Sort;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Documents")
class DocumentsTest extends Place {
    private Collection<Document> collection;

    @BeforeEach
    void createCollection() {
        collection = database.createCollection(newName());
    }

    @AfterEach
    void dropCollection() {
        collection.drop();
    }

    @Test
    @DisplayName("come back as they went in")
    void values() {
        var uuid = UUID.fromString("b48ef1c4-6b1e-4a32-8e0f-6d0c4f0d9b11");
        var objectId = new ObjectId("65f9cfa0d7fabb3f255c25a1");
        var moment = Instant.parse("2024-02-29T23:59:59.999Z");
        var inserted = collection.insertOne(new Document("v").append("uuid", uuid)
            .append("text", "naïve ☕ \" \\").append("integer", 9_000_000_000_000_000_123L).append("fraction", -12.5)
            .append("yes", true).append("moment", moment).append("object", objectId)
            .append("list", Arrays.asList(1, "two", null, List.of(3))).append("deep", Map.of("a", Map.of("b", "c"))));
        assertEquals("v", inserted.getInsertedId());

        var found = collection.findById("v").orElseThrow();
        assertEquals(uuid, found.getUUID("uuid"));
        assertEquals("naïve ☕ \" \\", found.getString("text"));
        assertEquals(9_000_000_000_000_000_123L, found.getLong("integer"));
        assertEquals(-12.5, found.getDouble("fraction"));
        assertEquals(true, found.getBoolean("yes"));
        assertEquals(moment, found.getInstant("moment"));
        assertEquals(objectId, found.getObjectId("object"));
        assertEquals(Arrays.asList(1, "two", null, List.of(3)), found.getList("list", Object.class));
        assertEquals("c", found.get("deep.a.b", String.class));
    }

    @Test
    @DisplayName("go in by the hundred, side by side or in order")
    void insertMany() throws TooManyDocumentsToCountException {
        var documents = IntStream.range(0, 250).mapToObj(n -> new Document(n).append("n", n)).toList();
        var options = new CollectionInsertManyOptions().chunkSize(20).concurrency(4);
        assertEquals(250, collection.insertMany(documents, options).getInsertedIds().size());
        assertEquals(250, collection.countDocuments(1000));

        var more = List.of(new Document(900), new Document(901), new Document(1), new Document(902));
        refused(() -> collection.insertMany(more, new CollectionInsertManyOptions().ordered(true)), "DOCUMENT_ALREADY_EXISTS");
        assertEquals(252, collection.countDocuments(1000));
    }

    static List<Arguments> updates() {
        return List.of(
            Arguments.of(Updates.set("s", "new"), Map.of("n", 10, "s", "new", "list", List.of(1, 2, 3))),
            Arguments.of(Updates.unset("s"), Map.of("n", 10, "list", List.of(1, 2, 3))),
            Arguments.of(Updates.inc("n", -3d), Map.of("n", 7, "s", "text", "list", List.of(1, 2, 3))),
            Arguments.of(new Update().mul(Map.of("n", 2d)), Map.of("n", 20, "s", "text", "list", List.of(1, 2, 3))),
            Arguments.of(Updates.min("n", 3d), Map.of("n", 3, "s", "text", "list", List.of(1, 2, 3))),
            Arguments.of(new Update().max("n", 30), Map.of("n", 30, "s", "text", "list", List.of(1, 2, 3))),
            Arguments.of(Updates.rename("s", "t"), Map.of("n", 10, "t", "text", "list", List.of(1, 2, 3))),
            Arguments.of(Updates.push("list", 4), Map.of("n", 10, "s", "text", "list", List.of(1, 2, 3, 4))),
            Arguments.of(Updates.pop("list", -1), Map.of("n", 10, "s", "text", "list", List.of(2, 3))),
            Arguments.of(Updates.addToSet("list", 2), Map.of("n", 10, "s", "text", "list", List.of(1, 2, 3))));
    }

    @ParameterizedTest
    @MethodSource("updates")
    @DisplayName("are changed as the update says and in nothing else")
    void update(Update update, Map<String, Object> expected) {
        var start = Map.of("n", 10, "s", "text", "list", List.of(1, 2, 3));
        collection.insertOne(new Document(1).append("n", 10).append("s", "text").append("list", List.of(1, 2, 3)));
        var result = collection.updateOne(eq("_id", 1), update);
        assertEquals(1, result.getMatchedCount());
        assertEquals(expected.equals(start) ? 0 : 1, result.getModifiedCount());
        var found = collection.findOne(eq("_id", 1)).orElseThrow();
        // $inc, $mul and $min of this client send doubles; what is whole comes back as an integer all the same.
        assertEquals(expected.get("n"), found.getInteger("n"));
        assertEquals(expected.get("s"), found.getString("s"));
        assertEquals(expected.get("t"), found.getString("t"));
        assertEquals(expected.get("list"), found.getList("list", Integer.class));
    }

    @Test
    @DisplayName("are made by upserts, replaced, and found and changed in one step")
    void upserts() {
        var upsert = new CollectionUpdateOneOptions().upsert(true);
        var made = collection.updateOne(eq("_id", "u"), Updates.set("n", 1), upsert);
        assertEquals("u", made.getUpsertedId());
        assertEquals(0, made.getMatchedCount());

        var after = new CollectionFindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);
        assertEquals(2, collection.findOneAndUpdate(eq("_id", "u"), Updates.inc("n", 1d), after).orElseThrow().getInteger("n"));
        assertTrue(collection.findOneAndUpdate(eq("_id", "x"), Updates.inc("n", 1d), after).isEmpty());

        assertEquals(1, collection.replaceOne(eq("_id", "u"), new Document().append("v", 1)).getModifiedCount());
        assertNull(collection.findById("u").orElseThrow().get("n"));
        collection.replaceOne(eq("_id", "w"), new Document().append("v", 2), new CollectionReplaceOneOptions().upsert(true));
        assertEquals(2, collection.findById("w").orElseThrow().getInteger("v"));
        refused(() -> collection.updateOne(eq("_id", "u"), new Update(Map.of("$bump", Map.of("v", 1)))),
            "UNSUPPORTED_UPDATE_OPERATION");
    }

    @Test
    @DisplayName("are updated and deleted by the hundred")
    void many() throws TooManyDocumentsToCountException {
        collection.insertMany(IntStream.range(0, 120).mapToObj(n -> new Document(n).append("n", n)).toList());
        // This version asks for one page of an update.
        var updated = collection.updateMany(gte("n", 80), Updates.set("large", true));
        assertEquals(List.of(40, 40), List.of(updated.getMatchedCount(), updated.getModifiedCount()));

        assertEquals(1, collection.deleteOne(new Filter(), new CollectionDeleteOneOptions().sort(Sort.descending("n"))).getDeletedCount());
        assertEquals(9, collection.findOneAndDelete(eq("n", 9)).orElseThrow().getInteger("n"));
        assertEquals(39, collection.deleteMany(eq("large", true)).getDeletedCount());
        assertEquals(79, collection.countDocuments(100));
        collection.deleteAll();
        assertEquals(0, collection.countDocuments(100));
    }
}
