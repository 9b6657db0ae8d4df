package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A row's record as it came, and as it is kept while it waits: {@link #toBytes} and {@link
 * #fromBytes} are each other's reverse.
 *
 * @param readAt when it was read, in milliseconds of this process's clock
 * @param timestamp the record's
 */
record Arrival(
        String database,
        long readAt,
        long timestamp,
        byte @Nullable [] key,
        Map<String, String> headers,
        byte @Nullable [] value) {

    static Arrival of(String database, long readAt, Record<byte[], byte[]> record) {
        return new Arrival(
                database,
                readAt,
                record.timestamp(),
                record.key(),
                text(record.headers()),
                record.value());
    }

    private static Map<String, String> text(Headers headers) {
        Map<String, String> text = new LinkedHashMap<>();
        for (Header header : headers) {
            if (header.value() != null) {
                text.put(header.key(), new String(header.value(), UTF_8));
            }
        }
        return text;
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(1);
            write(out, database.getBytes(UTF_8));
            out.writeLong(readAt);
            out.writeLong(timestamp);
            write(out, key);
            out.writeInt(headers.size());
            for (Map.Entry<String, String> header : headers.entrySet()) {
                write(out, header.getKey().getBytes(UTF_8));
                write(out, header.getValue().getBytes(UTF_8));
            }
            write(out, value);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    static Arrival fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != 1) {
                throw new IllegalStateException("a waiting row of version " + version);
            }
            String database = text(in);
            long readAt = in.readLong();
            long timestamp = in.readLong();
            byte[] key = read(in);
            Map<String, String> headers = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                headers.put(text(in), text(in));
            }
            return new Arrival(database, readAt, timestamp, key, headers, read(in));
        } catch (IOException e) {
            throw new UncheckedIOException("a waiting row was cut short", e);
        }
    }

    private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte @Nullable [] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }

    private static String text(DataInputStream in) throws IOException {
        byte[] bytes = read(in);
        return bytes == null ? "" : new String(bytes, UTF_8);
    }
}
