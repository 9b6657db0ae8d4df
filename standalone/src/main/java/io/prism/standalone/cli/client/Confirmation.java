package io.prism.standalone.cli.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Asks before something cannot be undone. The end of the input is a no. */
final class Confirmation {
    private final InputStream in;
    private final PrintWriter out;

    Confirmation(InputStream in, PrintWriter out) {
        this.in = in;
        this.out = out;
    }

    boolean given(String question) throws IOException {
        out.print(question + " [y/N] ");
        out.flush();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next != -1 && next != '\n' && line.size() < 100) {
            line.write(next);
            next = in.read();
        }
        String answer = line.toString(StandardCharsets.UTF_8).strip().toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }
}
