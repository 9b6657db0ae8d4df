package io.prism.core.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.error.ErrorCode;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SqlErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "08006,DATABASE_UNAVAILABLE",
        "57P01,DATABASE_UNAVAILABLE",
        "40001,TRANSACTION_CONFLICT",
        "57014,TRANSACTION_TIMEOUT",
        "42P01,TABLE_UNKNOWN",
        "22021,VALUE_INVALID",
        "23505,CONSTRAINT_VIOLATED",
        "28P01,DATABASE_REFUSED",
    })
    void aStateHasItsCode(String state, ErrorCode code) {
        assertThat(SqlErrors.code(new SQLException("why", state))).isEqualTo(code);
    }

    @Test
    void aPoolWithoutAConnectionSaysWhatTheServerSaid() {
        SQLException server = new SQLException("password authentication failed", "28P01");
        SQLException pool = new SQLTransientConnectionException("timed out", "28P01", server);
        assertThat(SqlErrors.of(pool, "connecting"))
                .hasMessage("connecting failed: password authentication failed")
                .extracting("code")
                .isEqualTo(ErrorCode.DATABASE_REFUSED);
        assertThat(SqlErrors.code(new SQLTransientConnectionException("timed out")))
                .isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
    }
}
