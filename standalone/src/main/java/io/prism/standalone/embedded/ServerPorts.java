package io.prism.standalone.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** The loopback ports of the embedded servers; none of them is 0. */
public record ServerPorts(int kafka, int kafkaController, int postgres, int redis, int s3) {

    /** Five ports that were free a moment ago. */
    public static ServerPorts free() {
        List<Integer> ports = free(5);
        return new ServerPorts(
                ports.get(0), ports.get(1), ports.get(2), ports.get(3), ports.get(4));
    }

    /** That many different ports which were free a moment ago. */
    public static List<Integer> free(int count) {
        var sockets = new ArrayList<ServerSocket>();
        try {
            var ports = new ArrayList<Integer>();
            for (int i = 0; i < count; i++) {
                var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            return List.copyOf(ports);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on 127.0.0.1", e);
        } finally {
            for (ServerSocket socket : sockets) {
                closeQuietly(socket);
            }
        }
    }

    /** Whether something could listen on this loopback port right now. */
    public static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
