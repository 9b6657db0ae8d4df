package io.prism.gateway.reader;

import io.prism.gateway.reader.RowReader.Look;
import io.prism.gateway.reader.RowReader.Told;
import io.prism.v1.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A page's rows as they come: so many, and so many bytes, but at least one. */
final class PageRows implements RowReader.Sink {
    private final int most;
    private final int mostBytes;
    private final OptionalLong minPosition;
    private final List<Row> rows = new ArrayList<>();
    private List<@Nullable String> last = List.of();
    private @Nullable Look look;
    private int bytes;
    private boolean more;

    PageRows(int most, int mostBytes, OptionalLong minPosition) {
        this.most = most;
        this.mostBytes = mostBytes;
        this.minPosition = minPosition;
    }

    @Override
    public void begin(Look now) {
        look = now.reaching(minPosition);
    }

    @Override
    public boolean row(Told told) {
        int size = told.row().getSerializedSize();
        if (rows.size() == most || (!rows.isEmpty() && bytes + size > mostBytes)) {
            more = true;
            return false;
        }
        rows.add(told.row());
        bytes += size;
        last = told.marks();
        return true;
    }

    List<Row> rows() {
        return rows;
    }

    Look look() {
        if (look == null) {
            throw new IllegalStateException("nothing was read");
        }
        return look;
    }

    /** The last row's place in the order. */
    List<@Nullable String> last() {
        return last;
    }

    /** Whether there are rows behind it. */
    boolean more() {
        return more;
    }
}
