package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonParser;
import dev.kiln.core.Refused;
import java.io.IOException;
import java.util.List;

/// Walks through an array's elements and minds its nesting. One use.
final class Nest {
    private final String name;
    private final List<Long> shape;
    private final long elements;
    private int depth;

    /// Elements met so far at each depth of the arrays that are open.
    private final long[] counts;

    private boolean nested;

    /// @param name of the input, shown in refusals
    /// @param elements the product of the shape
    Nest(String name, List<Long> shape, long elements) {
        this.name = name;
        this.shape = shape;
        this.elements = elements;
        this.counts = new long[shape.size() + 1];
    }

    /// Steps to the next element.
    ///
    /// @return false at the end of the outermost array
    boolean element(JsonParser json) throws IOException, Refused {
        if (depth == 0) {
            depth = 1;
        }
        while (true) {
            switch (json.nextToken()) {
                case START_ARRAY -> open();
                case END_ARRAY -> {
                    if (depth == 1) {
                        return false;
                    }
                    close();
                }
                case null -> throw bad("the JSON object does not end");
                default -> {
                    counts[depth - 1]++;
                    if (nested && depth != shape.size()) {
                        throw ragged();
                    }
                    return true;
                }
            }
        }
    }

    private void open() throws Refused {
        if (depth >= shape.size() || (!nested && counts[0] > 0)) {
            throw ragged();
        }
        nested = true;
        counts[depth - 1]++;
        counts[depth++] = 0;
    }

    private void close() throws Refused {
        depth--;
        if (counts[depth] != shape.get(depth)) {
            throw ragged();
        }
    }

    void requireAll(String datatype, long read) throws Refused {
        if (read != elements || (nested && counts[0] != shape.getFirst())) {
            throw bad(
                    "input %s: %s %s is %d elements, data has %s"
                            .formatted(
                                    name,
                                    datatype,
                                    shape,
                                    elements,
                                    read > elements ? "more" : Long.toString(read)));
        }
    }

    private Refused ragged() {
        return bad("input %s: data is neither flat nor nested as %s".formatted(name, shape));
    }
}
