package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A collector: takes OTLP over HTTP and keeps the spans. */
final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Received> spans = new CopyOnWriteArrayList<>();

    /**
     * A span, in the words of OTLP's own ExportTraceServiceRequest.
     *
     * @param parent empty if it has none
     * @param attributes texts only
     */
    record Received(
            String service,
            String trace,
            String id,
            String parent,
            String name,
            long start,
            Map<String, String> attributes,
            boolean failed) {}

    private OtlpReceiver(HttpServer server) {
        this.server = server;
    }

    static OtlpReceiver start() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        OtlpReceiver receiver = new OtlpReceiver(server);
        server.createContext(
                "/v1/traces",
                exchange -> {
                    try (InputStream body = exchange.getRequestBody()) {
                        receiver.take(UnknownFieldSet.parseFrom(body));
                    }
                    exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        return receiver;
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Received> trace(String id) {
        return spans.stream().filter(span -> span.trace().equals(id)).toList();
    }

    /** One line a span, indented below its parent, in the order in which they began. */
    String tree(String trace) {
        List<Received> all = trace(trace);
        return all.stream()
                .filter(span -> all.stream().noneMatch(other -> other.id().equals(span.parent())))
                .sorted(Comparator.comparing(Received::start))
                .map(root -> tree(root, all, ""))
                .collect(Collectors.joining());
    }

    private static String tree(Received span, List<Received> all, String indent) {
        return indent
                + span.name()
                + "\n"
                + all.stream()
                        .filter(other -> other.parent().equals(span.id()))
                        .sorted(Comparator.comparing(Received::start))
                        .map(child -> tree(child, all, indent + "  "))
                        .collect(Collectors.joining());
    }

    private void take(UnknownFieldSet request) throws IOException {
        for (UnknownFieldSet resourceSpans : messages(request, 1)) {
            String service = "";
            for (UnknownFieldSet resource : messages(resourceSpans, 1)) {
                service = attributes(resource, 1).getOrDefault("service.name", "");
            }
            for (UnknownFieldSet scopeSpans : messages(resourceSpans, 2)) {
                for (UnknownFieldSet span : messages(scopeSpans, 2)) {
                    spans.add(
                            new Received(
                                    service,
                                    hex(span, 1),
                                    hex(span, 2),
                                    hex(span, 4),
                                    text(span, 5),
                                    span.getField(7).getFixed64List().getFirst(),
                                    attributes(span, 9),
                                    failed(span)));
                }
            }
        }
    }

    private static boolean failed(UnknownFieldSet span) throws IOException {
        for (UnknownFieldSet status : messages(span, 15)) {
            if (status.getField(3).getVarintList().contains(2L)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, String> attributes(UnknownFieldSet message, int field)
            throws IOException {
        Map<String, String> attributes = new TreeMap<>();
        for (UnknownFieldSet pair : messages(message, field)) {
            for (UnknownFieldSet value : messages(pair, 2)) {
                if (value.hasField(1)) {
                    attributes.put(text(pair, 1), text(value, 1));
                }
            }
        }
        return attributes;
    }

    private static List<UnknownFieldSet> messages(UnknownFieldSet message, int field)
            throws IOException {
        List<UnknownFieldSet> found = new ArrayList<>();
        for (ByteString bytes : message.getField(field).getLengthDelimitedList()) {
            found.add(UnknownFieldSet.parseFrom(bytes));
        }
        return found;
    }

    private static String hex(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(bytes -> HexFormat.of().formatHex(bytes.toByteArray()))
                .collect(Collectors.joining());
    }

    private static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(bytes -> bytes.toString(UTF_8))
                .collect(Collectors.joining());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
