package io.prism.standalone.e2e;

import io.prism.standalone.embedded.Servers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Looks into the bucket as any S3 tool would, and damages what is in it. */
final class S3Looker implements AutoCloseable {
    private final S3AsyncClient s3;
    private final String bucket;

    S3Looker(Servers servers, String bucket) {
        this.bucket = bucket;
        this.s3 =
                S3AsyncClient.builder()
                        .endpointOverride(servers.s3Endpoint())
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                servers.s3AccessKey(), servers.s3SecretKey())))
                        .build();
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.join();
    }

    List<String> keys(String prefix) {
        List<String> keys = new java.util.ArrayList<>();
        String token = null;
        do {
            String from = token;
            ListObjectsV2Response page =
                    get(
                            s3.listObjectsV2(
                                    r -> r.bucket(bucket).prefix(prefix).continuationToken(from)));
            page.contents().stream()
                    .map(S3Object::key)
                    .filter(k -> !k.contains(".mpus-"))
                    .forEach(keys::add);
            token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (token != null);
        return keys;
    }

    List<String> uploads(String prefix) {
        return get(s3.listMultipartUploads(r -> r.bucket(bucket))).uploads().stream()
                .map(MultipartUpload::key)
                .filter(key -> key.startsWith(prefix))
                .toList();
    }

    byte[] read(String key) {
        return get(s3.getObject(
                        r -> r.bucket(bucket).key(key),
                        AsyncResponseTransformer.<GetObjectResponse>toBytes()))
                .asByteArray();
    }

    void delete(String key) {
        get(s3.deleteObject(r -> r.bucket(bucket).key(key)));
    }

    void put(String key, byte[] bytes) {
        get(s3.putObject(r -> r.bucket(bucket).key(key), AsyncRequestBody.fromBytes(bytes)));
    }

    @Override
    public void close() {
        s3.close();
    }
}
