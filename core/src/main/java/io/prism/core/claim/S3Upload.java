package io.prism.core.claim;

import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A payload on its way into a bucket: digest, encoder, parts. It begins in memory; only a payload
 * beyond one part becomes a multipart upload. The work is done by the caller's thread, never by the
 * network's.
 */
final class S3Upload implements ClaimStore.Upload {
    private static final Logger LOG = LoggerFactory.getLogger(S3Upload.class);

    private final S3Bucket bucket;
    private final UUID id;
    private final String key;
    private final Compression wanted;
    private final UploadMemory.Share memory;
    private final PartBuffer parts;
    private final Sha256 sha256 = new Sha256();

    /** Holds the payload's head until it is decided how to encode it; beside the upload memory. */
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();

    private @Nullable OutputStream encoder;
    private @Nullable MultipartUpload multipart;
    private Compression encoding = Compression.IDENTITY;
    private long size;
    private boolean objectMayExist;
    private boolean completing;
    private boolean completed;
    private boolean closed;

    S3Upload(
            S3Bucket bucket,
            UUID id,
            String key,
            Compression wanted,
            UploadMemory memory,
            PartSizes sizes) {
        this.bucket = bucket;
        this.id = id;
        this.key = key;
        this.wanted = wanted;
        this.memory = memory.share();
        this.parts = new PartBuffer(this.memory, sizes, this::send);
        if (wanted == Compression.IDENTITY) {
            this.encoder = parts;
        }
    }

    @Override
    public void write(ByteBuffer data) {
        requireOpen();
        if (multipart != null) {
            multipart.checkHealthy();
        }
        sha256.update(data);
        size += data.remaining();
        if (encoder == null) {
            keepHead(data);
        }
        if (encoder != null) {
            encode(encoder, data);
        }
    }

    private void keepHead(ByteBuffer data) {
        int count = Math.min(Codec.SAMPLE - head.size(), data.remaining());
        copy(data, count, head);
        if (data.hasRemaining()) {
            decideEncoding();
        }
    }

    private OutputStream decideEncoding() {
        ByteBuffer sample = ByteBuffer.wrap(head.toByteArray());
        head.reset();
        boolean worthwhile = Codec.compressible(wanted, List.of(sample), sample.remaining());
        encoding = worthwhile ? wanted : Compression.IDENTITY;
        try {
            OutputStream decided = Codec.encoder(encoding, parts);
            encoder = decided;
            encode(decided, sample);
            return decided;
        } catch (IOException failure) {
            throw new UncheckedIOException("an encoder over memory cannot fail", failure);
        }
    }

    private void encode(OutputStream out, ByteBuffer data) {
        if (out == parts) {
            parts.write(data);
        } else {
            copy(data, data.remaining(), out);
        }
    }

    private static void copy(ByteBuffer data, int count, OutputStream out) {
        try {
            if (data.hasArray()) {
                out.write(data.array(), data.arrayOffset() + data.position(), count);
                data.position(data.position() + count);
                return;
            }
            byte[] scratch = new byte[Math.min(count, UploadMemory.PAGE)];
            for (int left = count; left > 0; ) {
                int step = Math.min(left, scratch.length);
                data.get(scratch, 0, step);
                out.write(scratch, 0, step);
                left -= step;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("an encoder over memory cannot fail", failure);
        }
    }

    private void send(Body part, Runnable sent) {
        MultipartUpload upload = multipart;
        if (upload == null) {
            try {
                upload = new MultipartUpload(bucket, key, encoding);
                multipart = upload;
            } catch (RuntimeException failure) {
                sent.run();
                throw failure;
            }
        }
        upload.send(part, sent);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Claim complete() {
        requireOpen();
        completing = true;
        OutputStream out = encoder == null ? decideEncoding() : encoder;
        try {
            out.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("an encoder over memory cannot fail", failure);
        }
        Claim claim = new Claim(id, key, size, sha256.hex(), encoding);
        Body last = parts.take();
        MultipartUpload upload = multipart;
        objectMayExist = true;
        if (upload == null) {
            bucket.await("storing a payload", bucket.put(claim, last));
        } else {
            upload.send(last, memory.detach());
            upload.complete();
        }
        completed = true;
        memory.close();
        return claim;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (completed) {
            return;
        }
        parts.discard();
        memory.close();
        try {
            if (encoder != null) {
                encoder.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("an encoder over memory cannot fail", failure);
        } finally {
            removeTraces();
        }
    }

    private void removeTraces() {
        // A cancelled call closes its upload with the interrupt still set; cleaning up must go on.
        boolean interrupted = Thread.interrupted();
        try {
            if (multipart != null) {
                multipart.abort();
            }
            if (objectMayExist) {
                bucket.await("removing a failed payload", bucket.delete(key));
            }
        } catch (PrismException leftToTheSweeper) {
            LOG.atWarn()
                    .setMessage("an unfinished upload is left to the sweeper")
                    .addKeyValue("bucket", bucket.name())
                    .addKeyValue("key", key)
                    .setCause(leftToTheSweeper)
                    .log();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void requireOpen() {
        if (closed || completing) {
            throw new IllegalStateException("the upload is over");
        }
    }
}
