import static com.datastax.astra.client.core.query.Filters.all;
import static com.datastax.astra.client.core.query.Filters.and;
import static com.datastax.astra.client.core.query.Filters.eq;
import static com.datastax.astra.client.core.query.Filters.exists;
import static com.datastax.astra.client.core.query.Filters.gt;
import static com.datastax.astra.client.core.query.Filters.gte;
import static com.datastax.astra.client.core.query.Filters.hasSize;
import static com.datastax.astra.client.core.query.Filters.in;
import static com.datastax.astra.client.core.query.Filters.lt;
import static com.datastax.astra.client.core.query.Filters.lte;
import static com.datastax.astra.client.core.query.Filters.ne;
import static com.datastax.astra.client.core.query.Filters.nin;
import static com.datastax.astra.client.core.query.Filters.not;
import static com.datastax.astra.client.core.query.Filters.or;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.astra.client.collections.Collection;
import com.datastax.astra.client.collections.commands.options.CollectionFindOneOptions;
import com.datastax.astra.client.collections.commands.options.CollectionFindOptions;
import com.datastax.astra.client.collections.definition.CollectionDefinition;
import com.datastax.astra.client.collections.definition.documents.Document;
import com.datastax.astra.client.collections.exceptions.TooManyDocumentsToCountException;
import com.datastax.astra.client.core.query.Filter;
import com.datastax.astra.client.core.query.Projection;
import com.datastax.astra.client.core.query.Sort;
import com.datastax.astra.client.core.vector.SimilarityMetric;
import com.datastax.astra.client.exceptions.CursorException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Finding documents")
class FindingTest extends Place {
    private Collection<Document> albums;
    private Collection<Document> numbers;
    private Collection<Document> points;

    @BeforeAll
    void fill() {
        albums = database.createCollection("albums");
        albums.insertMany(
            new Document(1).append("by", "Nina").append("year", 1965).append("tags", List.of("jazz", "soul"))
                .append("label", Map.of("city", "New York")).append("out", Instant.parse("1965-06-01T00:00:00Z")),
            new Document(2).append("by", "Miles").append("year", 1959).append("tags", List.of("jazz"))
                .append("label", Map.of("city", "Paris")).append("out", Instant.parse("1959-08-17T00:00:00Z")),
            new Document(3).append("by", "Björk").append("year", 1997).append("tags", List.of()),
            new Document(4).append("by", "Anna").append("tags", List.of("pop", "jazz", "live")));
        numbers = database.createCollection("numbers");
        numbers.insertMany(IntStream.range(0, 130).mapToObj(n -> new Document(n).append("n", n).append("odd", n % 2 == 1)).toList());
        points = database.createCollection("points", new CollectionDefinition().vector(3, SimilarityMetric.COSINE));
        points.insertMany(
            new Document("right").vector(new float[] {1, 0, 0}),
            new Document("almost").vector(new float[] {0.9f, 0.1f, 0}),
            new Document("left").vector(new float[] {-1, 0, 0}));
    }

    static List<Arguments> filters() {
        return List.of(
            Arguments.of(new Filter(), List.of(1, 2, 3, 4)),
            Arguments.of(eq("by", "Björk"), List.of(3)),
            Arguments.of(ne("by", "Nina"), List.of(2, 3, 4)),
            Arguments.of(gt("year", 1959), List.of(1, 3)),
            Arguments.of(and(gte("year", 1959), lt("year", 1997)), List.of(1, 2)),
            Arguments.of(lte("year", 1959), List.of(2)),
            Arguments.of(lt("out", Instant.parse("1960-01-01T00:00:00Z")), List.of(2)),
            Arguments.of(in("by", "Anna", "Nina", "Nobody"), List.of(1, 4)),
            Arguments.of(nin("by", "Anna", "Nina"), List.of(2, 3)),
            Arguments.of(exists("year"), List.of(1, 2, 3)),
            Arguments.of(all("tags", "jazz", "live"), List.of(4)),
            Arguments.of(hasSize("tags", 0), List.of(3)),
            Arguments.of(eq("tags", "jazz"), List.of(1, 2, 4)),
            Arguments.of(eq("label.city", "Paris"), List.of(2)),
            Arguments.of(or(eq("by", "Nina"), eq("by", "Anna")), List.of(1, 4)),
            Arguments.of(not(eq("tags", "jazz")), List.of(3)));
    }

    @ParameterizedTest
    @MethodSource("filters")
    @DisplayName("by a filter")
    void filter(Filter filter, List<Integer> expected) throws TooManyDocumentsToCountException {
        var found = albums.find(filter).toList().stream().map(each -> each.getId(Integer.class)).sorted().toList();
        assertEquals(expected, found);
        assertEquals(expected.size(), albums.countDocuments(filter, 10));
    }

    @Test
    @DisplayName("refuses a filter that means nothing")
    void wrongFilter() {
        refused(() -> albums.findOne(new Filter(Map.of("year", Map.of("$near", 1)))), "FILTER_UNSUPPORTED_OPERATOR");
        refused(() -> albums.findOne(hasSize("tags", -1)), "FILTER_INVALID_EXPRESSION");
    }

    @Test
    @DisplayName("over pages, and one at a time")
    void pages() {
        assertEquals(130, numbers.findAll().toList().size());
        assertEquals(70, numbers.find(new CollectionFindOptions().limit(70)).toList().size());
        var first = numbers.findPage(new Filter(), new CollectionFindOptions());
        var second = numbers.findPage(new Filter(), new CollectionFindOptions().pageState(first.getPageState().orElseThrow()));
        var third = numbers.findPage(new Filter(), new CollectionFindOptions().pageState(second.getPageState().orElseThrow()));
        assertEquals(List.of(50, 50, 30), List.of(first.getResults().size(), second.getResults().size(), third.getResults().size()));
        assertTrue(third.getPageState().isEmpty());
    }

    @Test
    @DisplayName("in order, with a cursor that rewinds")
    void cursors() {
        var cursor = numbers.find(eq("odd", true), new CollectionFindOptions().skip(1).limit(3)).sort(Sort.ascending("n"));
        assertEquals(3, cursor.next().getInteger("n"));
        assertThrows(CursorException.class, () -> cursor.filter(new Filter()));
        assertEquals(List.of(5, 7), List.of(cursor.next().getInteger("n"), cursor.next().getInteger("n")));
        assertFalse(cursor.hasNext());
        cursor.rewind();
        assertEquals(3, cursor.toList().size());
        refused(() -> numbers.find(new CollectionFindOptions().skip(7)).toList(), "COMMAND_FIELD_VALUE_INVALID");
    }

    @Test
    @DisplayName("with the fields asked for")
    void projections() {
        var only = albums.findOne(eq("_id", 1), new CollectionFindOneOptions().projection(Projection.include("by"))).orElseThrow();
        assertEquals(Set.of("_id", "by"), only.getDocumentMap().keySet());
        var without = albums.findOne(eq("_id", 4), new CollectionFindOneOptions().projection(Projection.exclude("by"))).orElseThrow();
        assertEquals(Set.of("_id", "tags"), without.getDocumentMap().keySet());
        var slice = new CollectionFindOneOptions().projection(Projection.slice("tags", 1, 2));
        assertEquals(List.of("jazz", "live"), albums.findOne(eq("_id", 4), slice).orElseThrow().getList("tags", String.class));
    }

    @Test
    @DisplayName("tells values apart and counts")
    void counts() {
        assertEquals(Set.of("Nina", "Miles", "Björk", "Anna"), albums.distinct("by", String.class));
        assertThrows(TooManyDocumentsToCountException.class, () -> numbers.countDocuments(129));
        assertTrue(numbers.estimatedDocumentCount() >= 0);
    }

    @Test
    @DisplayName("the nearest first")
    void vectors() {
        var cursor = points.find(new CollectionFindOptions().sort(Sort.vector(new float[] {1, 0, 0}))
            .includeSimilarity(true).includeSortVector(true));
        var found = cursor.toList();
        assertEquals(List.of("right", "almost", "left"), found.stream().map(each -> each.getId(String.class)).toList());
        assertEquals(1d, found.get(0).getSimilarity().orElseThrow());
        assertEquals(0.996942, found.get(1).getSimilarity().orElseThrow(), 1e-6);
        assertFalse(found.get(0).containsKey("$vector"));
        var shown = points.findOne(eq("_id", "right"), new CollectionFindOneOptions().projection(Projection.include("$vector")));
        assertEquals(1f, shown.orElseThrow().getVector().orElseThrow().getEmbeddings()[0]);
        refused(() -> points.findOne(new CollectionFindOneOptions().sort(Sort.vector(new float[] {1, 0}))), "INVALID_VECTOR_LENGTH");
    }
}
