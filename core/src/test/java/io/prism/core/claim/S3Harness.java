package io.prism.core.claim;

import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.NamespaceName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** An S3 server for a class of tests that are about S3 itself. */
abstract class S3Harness {
    static final NamespaceName NAMESPACE = new NamespaceName("videos");
    static final String BUCKET = "claims-it";
    static final String PREFIX = "claims/videos/";
    static final DataSize PART = DataSize.ofMebibytes(5);

    @TempDir static Path directory;
    static EmbeddedS3 s3;

    final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T10:00:00Z"));
    final TimeOrderedIds ids = new TimeOrderedIds(clock, new Random(14));

    @BeforeAll
    static void startServer() throws Exception {
        s3 = new EmbeddedS3(directory);
        s3.client().createBucket(create -> create.bucket(BUCKET)).join();
    }

    @AfterAll
    static void stopServer() {
        s3.close();
    }

    S3ClaimStores stores(DataSize memory) {
        return stores(s3.endpoint(), EmbeddedS3.SECRET_KEY, BUCKET, memory);
    }

    S3ClaimStores stores(URI endpoint, String secret, String bucket, DataSize memory) {
        return stores(endpoint, secret, bucket, memory, EmbeddedS3.PATIENCE);
    }

    S3ClaimStores stores(
            URI endpoint, String secret, String bucket, DataSize memory, Duration timeout) {
        return new S3ClaimStores(
                new ClaimStoreConfig(
                        Optional.of(endpoint),
                        "us-east-1",
                        Optional.of(EmbeddedS3.ACCESS_KEY),
                        Optional.of(secret),
                        true,
                        bucket,
                        PART,
                        memory,
                        timeout),
                ids,
                clock);
    }

    static List<String> keys() {
        return s3
                .client()
                .listObjectsV2(list -> list.bucket(BUCKET).prefix(PREFIX))
                .join()
                .contents()
                .stream()
                .map(S3Object::key)
                .toList();
    }

    static List<MultipartUpload> unfinished() {
        return s3.client()
                .listMultipartUploads(list -> list.bucket(BUCKET).prefix(PREFIX))
                .join()
                .uploads();
    }
}
