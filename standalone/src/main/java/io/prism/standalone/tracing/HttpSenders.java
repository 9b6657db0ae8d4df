package io.prism.standalone.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends batches with the JDK's own client, in place of a library for it; found through {@code
 * ServiceLoader}. A batch is sent once: the next one comes soon.
 */
public final class HttpSenders implements HttpSenderProvider {
    @Override
    public HttpSender createSender(HttpSenderConfig config) {
        HttpClient.Builder client =
                HttpClient.newBuilder().connectTimeout(config.getConnectTimeout());
        Optional.ofNullable(config.getSslContext()).ifPresent(client::sslContext);
        Optional.ofNullable(config.getProxyOptions())
                .ifPresent(proxy -> client.proxy(proxy.getProxySelector()));
        return new Sender(client.build(), config);
    }

    private record Sender(HttpClient client, HttpSenderConfig config) implements HttpSender {
        @Override
        public void send(
                MessageWriter message,
                Consumer<HttpResponse> answered,
                Consumer<Throwable> failed) {
            HttpRequest request;
            try {
                request = request(message);
            } catch (IOException | RuntimeException e) {
                failed.accept(e);
                return;
            }
            var unused =
                    client.sendAsync(request, BodyHandlers.ofByteArray())
                            .whenComplete(
                                    (response, failure) -> {
                                        if (failure == null) {
                                            answered.accept(
                                                    new Answer(
                                                            response.statusCode(),
                                                            response.body()));
                                        } else {
                                            failed.accept(failure);
                                        }
                                    });
        }

        private HttpRequest request(MessageWriter message) throws IOException {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(config.getEndpoint()).timeout(config.getTimeout());
            Map<String, List<String>> headers = config.getHeadersSupplier().get();
            if (headers != null) {
                headers.forEach(
                        (name, values) -> values.forEach(value -> request.header(name, value)));
            }
            request.header("Content-Type", config.getContentType());
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            var compressor = config.getCompressor();
            if (compressor == null) {
                message.writeMessage(body);
            } else {
                request.header("Content-Encoding", compressor.getEncoding());
                try (OutputStream compressed = compressor.compress(body)) {
                    message.writeMessage(compressed);
                }
            }
            return request.POST(BodyPublishers.ofByteArray(body.toByteArray())).build();
        }

        @Override
        public CompletableResultCode shutdown() {
            client.shutdownNow();
            return CompletableResultCode.ofSuccess();
        }
    }

    private record Answer(int status, byte[] body) implements HttpResponse {
        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getStatusMessage() {
            return Integer.toString(status);
        }

        @Override
        public byte[] getResponseBody() {
            return body;
        }
    }
}
