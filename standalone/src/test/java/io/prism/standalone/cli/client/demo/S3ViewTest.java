package io.prism.standalone.cli.client.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.demo.S3View.StoredObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real S3 endpoint over files. */
class S3ViewTest {
    @TempDir private Path folder;
    private S3Proxy proxy;
    private S3View s3;

    @SuppressWarnings("NullAway.Init")
    S3ViewTest() {}

    @BeforeEach
    void start() throws Exception {
        proxy =
                S3Proxy.builder()
                        .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
                        .ignoreUnknownHeaders(true)
                        .build();
        proxy.start();
        s3 = new S3View("http://127.0.0.1:" + proxy.getPort(), "key", "secret");
    }

    @AfterEach
    void stop() throws Exception {
        s3.close();
        proxy.stop();
    }

    @Test
    void listsAndCorruptsAnObjectInPlace() throws Exception {
        // Given
        Files.createDirectories(folder.resolve("bucket/ns"));
        Files.write(folder.resolve("bucket/ns/claim"), new byte[1001]);

        // When
        s3.corrupt("bucket", "ns/claim");

        // Then
        assertThat(s3.list("bucket")).containsExactly(new StoredObject("ns/claim", 1001));
        byte[] damaged = new byte[1001];
        damaged[500] = 1;
        assertThat(folder.resolve("bucket/ns/claim")).hasBinaryContent(damaged);
    }

    @Test
    void deletesABucketOnlyWhenItIsEmpty() throws Exception {
        // Given
        Files.createDirectories(folder.resolve("empty"));
        Files.createDirectories(folder.resolve("full"));
        Files.write(folder.resolve("full/object"), new byte[1]);

        // When
        s3.deleteBucket("empty");
        s3.deleteBucket("full");
        s3.deleteBucket("never-there");

        // Then
        assertThat(folder.resolve("empty")).doesNotExist();
        assertThat(folder.resolve("full/object")).exists();
    }

    @Test
    void whatTheStorageRefusesEndsTheCommandWithItsWords() {
        assertThatThrownBy(() -> s3.list("nowhere"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("The object storage says: ");
    }
}
