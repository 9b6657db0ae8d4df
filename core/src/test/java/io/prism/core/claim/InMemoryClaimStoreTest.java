package io.prism.core.claim;

import io.prism.core.spec.PatternSpec.ClaimCheck;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

class InMemoryClaimStoreTest extends ClaimStoreContract {
    /** All stores of one test are views of one bucket. */
    private final ConcurrentSkipListMap<String, byte[]> bucket = new ConcurrentSkipListMap<>();

    @Override
    ClaimStore store(ClaimCheck claimCheck) {
        return new InMemoryClaimStore(claimCheck, ids, clock, bucket);
    }

    @Override
    AtRest atRest() {
        return new AtRest() {
            @Override
            public Set<String> keys(String prefix) {
                return bucket.keySet().stream()
                        .filter(key -> key.startsWith(prefix))
                        .collect(Collectors.toSet());
            }

            @Override
            public byte[] get(String key) {
                byte @Nullable [] object = bucket.get(key);
                return Objects.requireNonNull(object);
            }

            @Override
            public void put(String key, byte[] object) {
                bucket.put(key, object);
            }

            @Override
            public void remove(String key) {
                bucket.remove(key);
            }

            @Override
            public int unfinished(String prefix) {
                return 0;
            }
        };
    }
}
