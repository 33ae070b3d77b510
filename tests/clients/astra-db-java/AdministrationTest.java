import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.astra.client.collections.definition.CollectionDefinition;
import com.datastax.astra.client.core.auth.UsernamePasswordTokenProvider;
import com.datastax.astra.client.core.commands.Command;
import com.datastax.astra.client.databases.definition.keyspaces.KeyspaceDefinition;
import com.datastax.astra.client.exceptions.DataAPIHttpException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Administration")
class AdministrationTest extends Place {
    @Test
    @DisplayName("creates, lists, uses and drops a keyspace")
    void keyspaces() {
        var name = newName();
        admin().createKeyspace(new KeyspaceDefinition().name(name).simpleStrategy(1));
        assertTrue(admin().listKeyspaceNames().contains(name));
        admin().createKeyspace(name); // once more changes nothing

        var other = connect(token(), name);
        assertEquals(List.of(), other.listCollectionNames());
        assertEquals(List.of(), other.listTableNames());

        admin().dropKeyspace(name);
        assertFalse(admin().keyspaceExists(name));
        refused(other::listCollectionNames, "UNKNOWN_KEYSPACE");
        refused(() -> admin().createKeyspace("not-a-name"), "UNSUPPORTED_SCHEMA_NAME");
    }

    @Test
    @DisplayName("lists what embeds and reranks")
    void providers() {
        var reranking = admin().findRerankingProviders().getRerankingProviders().get("nvidia").getModels();
        assertEquals("nvidia/llama-3.2-nv-rerankqa-1b-v2", reranking.get(0).getName());
        assertFalse(admin().findEmbeddingProviders().getEmbeddingProviders().containsKey("nobody"));
        refused(() -> database.createCollection(newName(), new CollectionDefinition().vectorize("nobody", "none")),
            "INVALID_CREATE_COLLECTION_OPTIONS");
    }

    @Test
    @DisplayName("sends a command the client has no method for")
    void commands() {
        var answer = database.runCommand(Command.create("findCollections"));
        assertEquals(List.of(), answer.getStatusKeyAsList("collections", String.class));
        refused(() -> database.runCommand(Command.create("makeCoffee")), "COMMAND_UNKNOWN");
    }

    static List<String> strangers() {
        return List.of("AstraCS:nobody", new UsernamePasswordTokenProvider("cassandra", "guess").getToken());
    }

    @ParameterizedTest
    @MethodSource("strangers")
    @DisplayName("answers nothing without the right token")
    void tokens(String token) {
        var stranger = connect(token, keyspace);
        var refusal = assertThrows(DataAPIHttpException.class, stranger::listCollectionNames);
        assertTrue(refusal.getMessage().contains("Error Code=401"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("\"UNAUTHENTICATED_REQUEST\""), refusal.getMessage());
    }
}
