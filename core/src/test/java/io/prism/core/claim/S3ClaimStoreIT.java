package io.prism.core.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.DataSize;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.PatternSpec.ClaimCheck;
import io.prism.core.spec.PatternSpec.Compression;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.S3Object;

class S3ClaimStoreIT extends ClaimStoreContract {
    private static final NamespaceName NAMESPACE = new NamespaceName("videos");
    private static final String BUCKET = "claims-it";

    @TempDir static Path directory;
    private static EmbeddedS3 s3;

    private final S3ClaimStores stores = new S3ClaimStores(config(), ids, clock);

    @BeforeAll
    static void startServer() throws Exception {
        s3 = new EmbeddedS3(directory);
        s3.client().createBucket(create -> create.bucket(BUCKET)).join();
    }

    @AfterAll
    static void stopServer() {
        s3.close();
    }

    @AfterEach
    void nothingIsHeldInMemory() {
        assertThat(stores.uploadMemory().used()).isZero();
        assertThat(stores.readMemory().used()).isZero();
        stores.close();
    }

    private static ClaimStoreConfig config() {
        return new ClaimStoreConfig(
                Optional.of(s3.endpoint()),
                "us-east-1",
                Optional.of(EmbeddedS3.ACCESS_KEY),
                Optional.of(EmbeddedS3.SECRET_KEY),
                true,
                BUCKET,
                new DataSize(PART),
                new DataSize(8 * PART),
                EmbeddedS3.PATIENCE);
    }

    @Override
    ClaimStore store(ClaimCheck claimCheck) {
        return stores.of(NAMESPACE, claimCheck);
    }

    @Test
    void a_presigned_url_gives_the_object_to_anybody_until_it_expires() throws Exception {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        byte[] payload = random(SOME);
        Claim claim = stored(store, payload);

        // When
        URI valid = store.presign(claim, Duration.ofMinutes(5));
        URI other = URI.create(valid.toString().replace(claim.id().toString(), "another"));
        HttpClient anybody = HttpClient.newHttpClient();
        HttpResponse<byte[]> answer =
                anybody.send(
                        HttpRequest.newBuilder(valid).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        HttpResponse<byte[]> refused =
                anybody.send(
                        HttpRequest.newBuilder(other).build(),
                        HttpResponse.BodyHandlers.ofByteArray());

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(payload);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(valid.getQuery()).contains("X-Amz-Expires=300");
    }

    @Override
    AtRest atRest() {
        return new Outside();
    }

    private static final class Outside implements AtRest {
        @Override
        public Set<String> keys(String prefix) {
            return s3
                    .client()
                    .listObjectsV2(list -> list.bucket(BUCKET).prefix(prefix))
                    .join()
                    .contents()
                    .stream()
                    .map(S3Object::key)
                    .collect(Collectors.toSet());
        }

        @Override
        public byte[] get(String key) {
            return s3.client()
                    .getObject(
                            get -> get.bucket(BUCKET).key(key), AsyncResponseTransformer.toBytes())
                    .join()
                    .asByteArray();
        }

        @Override
        public void put(String key, byte[] object) {
            s3.client()
                    .putObject(
                            put -> put.bucket(BUCKET).key(key), AsyncRequestBody.fromBytes(object))
                    .join();
        }

        @Override
        public void remove(String key) {
            s3.client().deleteObject(delete -> delete.bucket(BUCKET).key(key)).join();
        }

        @Override
        public int unfinished(String prefix) {
            return s3.client()
                    .listMultipartUploads(list -> list.bucket(BUCKET).prefix(prefix))
                    .join()
                    .uploads()
                    .size();
        }
    }
}
