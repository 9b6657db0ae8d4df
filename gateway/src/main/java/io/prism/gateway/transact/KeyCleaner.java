package io.prism.gateway.transact;

import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import io.prism.gateway.transact.table.IdempotencyTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets idempotency keys that are old enough, a batch at a time, so that nobody has to wait for
 * it. Any number of gateways may do so at once.
 */
final class KeyCleaner {
    private static final Logger log = LoggerFactory.getLogger(KeyCleaner.class);
    private static final int BATCH = 1_000;

    private final Databases databases;
    private final Duration age;

    KeyCleaner(Databases databases, Duration age) {
        this.databases = databases;
        this.age = age;
    }

    /** Forgets all that are old enough in a database; what fails is tried again later. */
    void clean(String database) {
        try {
            int forgotten = BATCH;
            while (forgotten == BATCH) {
                forgotten = batch(database);
            }
        } catch (PrismException e) {
            log.atWarn()
                    .setMessage("old idempotency keys could not be removed; trying again later")
                    .addKeyValue("database", database)
                    .setCause(e)
                    .log();
        }
    }

    private int batch(String database) {
        try (Connection connection = databases.connect(database)) {
            return IdempotencyTable.expire(connection, age, BATCH);
        } catch (SQLException e) {
            throw SqlErrors.of(e, "removing old idempotency keys in database " + database);
        }
    }
}
