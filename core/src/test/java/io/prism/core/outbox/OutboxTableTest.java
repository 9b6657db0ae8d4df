package io.prism.core.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutboxTableTest {
    @Test
    void theContractsColumnsAreThoseTheTableIsMadeWith() {
        String ddl = new OutboxTable("public", "outbox").ddl().getFirst();
        String columns = ddl.substring(0, ddl.indexOf(") WITH ("));
        assertThat(columns.lines().filter(line -> line.startsWith("    ")))
                .extracting(line -> line.strip().split(" ", -1)[0])
                .isEqualTo(OutboxTable.COLUMNS);
        assertThat(OutboxTable.COLUMNS).containsAll(OutboxTable.MARKS);
    }

    @Test
    void theLongestNameHasIndexesOfItsOwn() {
        OutboxTable table = new OutboxTable("public", "x".repeat(63));
        assertThat(table.unpublishedIndex()).hasSizeLessThanOrEqualTo(63).startsWith("xxx");
        assertThat(table.publishedIndex()).isNotEqualTo(table.unpublishedIndex());
        assertThat(table.ddl().get(1)).contains('"' + table.unpublishedIndex() + '"');
    }
}
