package io.prism.bench.load;

import com.google.protobuf.Value;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import java.util.Map;

/**
 * Rows of one table as {@code ReaderService.Get} asks for them and answers.
 *
 * @param collection whose columns are {@code id}, {@code version} and {@code body}, see {@link
 *     RowTexts}
 */
public record ReaderRows(String collection, RowTexts texts) {

    public GetRequest request(long id) {
        return GetRequest.newBuilder()
                .setCollection(collection)
                .setId(Value.newBuilder().setNumberValue((double) id))
                .build();
    }

    /**
     * The row's version.
     *
     * @throws IllegalStateException if it is not the row that was asked for, whole
     */
    long version(long id, GetResponse response) {
        if (!response.getFound()) {
            throw new IllegalStateException("a row was not found");
        }
        Map<String, Value> values = response.getRow().getValuesMap();
        if (!text(values, "id").equals(Long.toString(id)) || !texts.is(id, text(values, "body"))) {
            throw new IllegalStateException("a row holds what was not written to it");
        }
        return Long.parseLong(text(values, "version"));
    }

    private static String text(Map<String, Value> values, String column) {
        return values.getOrDefault(column, Value.getDefaultInstance()).getStringValue();
    }
}
