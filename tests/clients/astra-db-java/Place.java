import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.datastax.astra.client.DataAPIClient;
import com.datastax.astra.client.DataAPIDestination;
import com.datastax.astra.client.admin.DatabaseAdmin;
import com.datastax.astra.client.core.auth.UsernamePasswordTokenProvider;
import com.datastax.astra.client.core.options.DataAPIClientOptions;
import com.datastax.astra.client.databases.Database;
import com.datastax.astra.client.databases.DatabaseOptions;
import com.datastax.astra.client.exceptions.DataAPIErrorDescriptor;
import com.datastax.astra.client.exceptions.DataAPIResponseException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;

/**
 * A server, and a keyspace of its own for each class of tests.
 *
 * <p>The server is named as everywhere in this repository: DATA_API_URL, DATA_API_USERNAME, DATA_API_PASSWORD.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Place {
    final String keyspace = newName();
    Database database;

    @BeforeAll
    void createKeyspace() {
        admin().createKeyspace(keyspace);
        database = connect(token(), keyspace);
    }

    @AfterAll
    void dropKeyspace() {
        admin().dropKeyspace(keyspace);
    }

    /** Works without the keyspace that is still to be made. */
    static DatabaseAdmin admin() {
        return connect(token(), null).getDatabaseAdmin();
    }

    static String token() {
        return new UsernamePasswordTokenProvider(variable("DATA_API_USERNAME"), variable("DATA_API_PASSWORD")).getToken();
    }

    static Database connect(String token, String keyspace) {
        var options = new DataAPIClientOptions().destination(DataAPIDestination.HCD);
        return new DataAPIClient(token, options)
            .getDatabase(variable("DATA_API_URL"), new DatabaseOptions(token, options).keyspace(keyspace));
    }

    /** A name nothing has yet. */
    static String newName() {
        return "n" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    /** What {@code action} asks for is answered with these error codes and no others. */
    static void refused(Executable action, String... codes) {
        var refusal = assertThrows(DataAPIResponseException.class, action);
        assertEquals(List.of(codes), refusal.getApiErrors().stream().map(DataAPIErrorDescriptor::getErrorCode).toList());
    }

    private static String variable(String name) {
        var value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }
}
