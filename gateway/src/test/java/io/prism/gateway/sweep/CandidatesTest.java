package io.prism.gateway.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class CandidatesTest {
    private static List<UUID> ids(int count) {
        Random random = new Random(count);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(new UUID(random.nextLong(), random.nextLong()));
        }
        ids.sort(Comparator.comparing(UUID::toString));
        return ids;
    }

    @Test
    void theyAreFoundByIdInTheOrderOfTheirText() {
        // Given
        List<UUID> ids = ids(1_000);
        Candidates candidates = new Candidates(1_000);
        Set<UUID> referenced = new HashSet<>();
        ids.forEach(id -> candidates.add(id, false));
        // When
        for (int i = 0; i < ids.size(); i += 3) {
            candidates.referenced(ids.get(i));
            referenced.add(ids.get(i));
        }
        candidates.referenced(new UUID(1, 2));
        // Then
        assertThat(candidates.full()).isTrue();
        assertThat(candidates.orphans()).isEqualTo(1_000 - referenced.size());
        assertThat(ids).allMatch(id -> candidates.isOrphan(id) != referenced.contains(id));
        assertThat(candidates.isOrphan(new UUID(1, 2))).isFalse();
        assertThat(candidates.first()).isEqualTo(ids.getFirst());
        assertThat(candidates.last()).isEqualTo(ids.getLast());
    }

    @Test
    void oneThatMayBeLateMattersUntilARecordRefersToIt() {
        List<UUID> ids = ids(2);
        Candidates candidates = new Candidates(10);
        candidates.add(ids.get(0), false);
        assertThat(candidates.someMayBeLate()).isFalse();
        candidates.add(ids.get(1), true);
        assertThat(candidates.someMayBeLate()).isTrue();
        candidates.referenced(ids.get(1));
        assertThat(candidates.someMayBeLate()).isFalse();
    }

    @Test
    void clearedTheyAreNew() {
        List<UUID> ids = ids(2);
        Candidates candidates = new Candidates(10);
        candidates.add(ids.get(1), true);
        candidates.referenced(ids.get(1));
        candidates.clear();
        candidates.add(ids.get(0), false);
        assertThat(candidates.size()).isEqualTo(1);
        assertThat(candidates.isOrphan(ids.get(0))).isTrue();
        assertThat(candidates.isOrphan(ids.get(1))).isFalse();
        assertThatThrownBy(() -> candidates.add(ids.get(0), false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
