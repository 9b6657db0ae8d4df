package io.prism.standalone.embedded;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.LoggerFactory;

/** An S3 endpoint over plain files, inside this JVM; signatures are checked. */
final class EmbeddedS3 implements EmbeddedServer {
    static final String NAME = "S3";
    static final String ACCESS_KEY = "prism";
    static final String SECRET_KEY = "prism-local-secret";
    private static final long STOP_MILLIS = 1000;
    private static final long LARGEST_SIGNED_BODY = 64L << 20;

    private final S3Proxy proxy;
    private final CompletableFuture<String> died = new CompletableFuture<>();

    private EmbeddedS3(S3Proxy proxy) {
        this.proxy = proxy;
    }

    /** Answers when requests are served. */
    static EmbeddedS3 start(Path folder, int port) {
        try {
            Files.createDirectories(folder);
            S3Proxy proxy =
                    S3Proxy.builder()
                            .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                            .endpoint(URI.create("http://127.0.0.1:" + port))
                            .awsAuthentication(
                                    AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                            .ignoreUnknownHeaders(true)
                            .v4MaxNonChunkedRequestSize(LARGEST_SIGNED_BODY)
                            .stopTimeout(STOP_MILLIS)
                            .build();
            proxy.start();
            return new EmbeddedS3(proxy);
        } catch (Exception e) {
            throw new ServerStartException(NAME, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int port() {
        return proxy.getPort();
    }

    /** Never: it lives and dies with this JVM. */
    @Override
    public CompletableFuture<String> died() {
        return died;
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            LoggerFactory.getLogger(EmbeddedS3.class).warn("S3 endpoint did not stop cleanly", e);
        }
    }
}
