package io.prism.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespaceSpec;
import io.prism.gateway.transact.CommittedRows;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadBacksTest {
    private static final NamespaceSpec NAMESPACE =
            new NamespaceDocuments(List.of())
                    .read("namespaces:\n  - name: rows\n    client_api: cache\n")
                    .plans()
                    .getFirst()
                    .spec();
    private static final CommittedRows.Row ROW =
            new CommittedRows.Row("t", Struct.getDefaultInstance(), List.of());

    @Test
    void noMoreThanAFewAreUnderWay() {
        // Given
        Queue<Runnable> begun = new ArrayDeque<>();
        AtomicInteger read = new AtomicInteger();
        ReadBacks readBacks = new ReadBacks(begun::add, (namespace, row) -> read.incrementAndGet());

        // When
        for (int i = 0; i < 10 * ReadBacks.MOST; i++) {
            readBacks.begin(NAMESPACE, ROW);
        }

        // Then
        assertThat(begun).hasSize(ReadBacks.MOST);
        begun.forEach(Runnable::run);
        begun.clear();
        assertThat(read).hasValue(ReadBacks.MOST);
        readBacks.begin(NAMESPACE, ROW);
        assertThat(begun).hasSize(1);
    }
}
