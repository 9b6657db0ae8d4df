package io.prism.gateway.reader;

import java.time.Duration;

/**
 * How rows are read.
 *
 * @param readers connections to one database for calls that are over soon
 * @param streams connections to one database for queries, which hold theirs until the last row
 * @param timeout of a call that has no deadline; of a stream, of each page
 * @param longest a statement may take, whatever a call's deadline is
 * @param longestStream how long a query may take, whatever its deadline is
 * @param patience how long a query waits for another's end, at most
 * @param pageBytes of rows in a page; a single row may have more
 * @param fetchBytes of rows that are fetched from the database at once
 * @param rowBytes a row may have at most
 */
public record ReaderSettings(
        int readers,
        int streams,
        Duration timeout,
        Duration longest,
        Duration longestStream,
        Duration patience,
        int pageBytes,
        int fetchBytes,
        int rowBytes) {

    /**
     * @param poolSize connections that the process has to one database for each purpose
     */
    public static ReaderSettings of(int poolSize) {
        return new ReaderSettings(
                2 * poolSize,
                2 * poolSize,
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofMinutes(10),
                Duration.ofSeconds(2),
                1 << 20,
                1 << 20,
                32 << 20);
    }
}
