package io.prism.standalone;

import io.prism.gateway.Gateway;
import io.prism.standalone.embedded.Servers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where everything of a running Prism can be reached, under the names of the environment variables
 * that client commands and tools read.
 *
 * @param environment in the order in which they are shown
 */
public record Addresses(Map<String, String> environment) {
    public static final String GRPC = "PRISM_GRPC";
    public static final String ADMIN = "PRISM_ADMIN";
    public static final String HTTP = "PRISM_HTTP";
    public static final String STREAMS_HTTP = "PRISM_STREAMS_HTTP";
    public static final String KAFKA = "PRISM_KAFKA_BOOTSTRAP";
    public static final String POSTGRES = "PRISM_POSTGRES_URL";
    public static final String REDIS = "PRISM_REDIS_URL";
    public static final String S3 = "PRISM_S3_ENDPOINT";
    public static final String S3_ACCESS_KEY = "PRISM_S3_ACCESS_KEY";
    public static final String S3_SECRET_KEY = "PRISM_S3_SECRET_KEY";
    public static final String CONNECT = "PRISM_CONNECT_URL";

    public Addresses {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    static Addresses of(
            String host, Gateway gateway, int streamsHttp, int connect, Servers servers) {
        var environment = new LinkedHashMap<String, String>();
        environment.put(GRPC, host + ":" + gateway.grpcPort());
        environment.put(ADMIN, host + ":" + gateway.adminPort());
        environment.put(HTTP, "http://" + host + ":" + gateway.httpPort());
        environment.put(STREAMS_HTTP, "http://" + host + ":" + streamsHttp);
        environment.put(KAFKA, servers.kafkaBootstrap());
        environment.put(POSTGRES, servers.postgresUrl());
        environment.put(REDIS, servers.redisUrl());
        environment.put(S3, servers.s3Endpoint().toString());
        environment.put(S3_ACCESS_KEY, servers.s3AccessKey());
        environment.put(S3_SECRET_KEY, servers.s3SecretKey());
        environment.put(CONNECT, "http://" + host + ":" + connect);
        return new Addresses(environment);
    }

    /** The value of one of the names above. */
    public String get(String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no address is named " + name);
        }
        return value;
    }
}
