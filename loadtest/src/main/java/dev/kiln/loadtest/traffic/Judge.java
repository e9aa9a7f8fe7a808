package dev.kiln.loadtest.traffic;

import java.io.IOException;

/// Looks at every response after the clock has stopped for it: signature and receipt first, then shape and content,
/// which are its marker's.
///
/// **Threads:** confined to one.
public final class Judge {
    /// Vectors must have length 1 within this.
    public static final double UNIT_TOLERANCE = 1e-3;

    /// Least cosine between two answers to the same text, if nobody says otherwise. Batching moves single-precision results
    /// by far less.
    public static final double SAME_TEXT = 0.999;

    /// Holds a vector that another text owns: answers of one batch were mixed up.
    public static final String CROSS_TALK = "the vector of another text";

    /// The same of things that are no texts.
    public static final String MIXED_UP = "the answer to another input";

    /// Longest reason code that is taken from a stranger, in characters.
    private static final int LONGEST_CODE = 64;

    private final boolean receipts;
    private final Marker marker;

    /// Of vectors of texts, which must be signed.
    ///
    /// @param model the name that answers must carry
    /// @param dimension length of every vector; 0 takes any
    public Judge(String model, int dimension) {
        this(true, new VectorMarker(new VectorMarker.Rules(model, dimension, true, SAME_TEXT)));
    }

    /// @param receipts whether an answer to a hotkey must be signed
    public Judge(boolean receipts, Marker marker) {
        this.receipts = receipts;
        this.marker = marker;
    }

    /// What became of one request.
    public Finding judge(Arrival arrival) {
        return switch (arrival.end()) {
            case Arrival.Lost(String cause) -> new Finding.Lost(cause);
            case Arrival.Unsent(String cause) -> new Finding.Unsent(cause);
            case Arrival.Came(Received received) -> judge(arrival, received);
        };
    }

    private Finding judge(Arrival arrival, Received received) {
        Provenance provenance = arrival.signed().demand().check(received);
        boolean answer = received.status() == 200;
        if (provenance instanceof Provenance.Broken(String what)) {
            return new Finding.Unproved(what);
        }
        if (!answer) {
            return new Finding.Refused(received.status(), code(received));
        }
        if (provenance instanceof Provenance.Unsigned && receipts) {
            return new Finding.Unproved("no signature");
        }
        try {
            Marks marks = marker.mark(arrival.send().question(), provenance, received.body());
            return marks.flaw()
                    .<Finding>map(Finding.Wrong::new)
                    .orElseGet(() -> new Finding.Good(provenance, marks));
        } catch (IOException e) {
            return new Finding.Wrong("unreadable body");
        }
    }

    /// A stranger's word: it becomes a key of every report, so it has a bound.
    private static String code(Received received) {
        String code =
                EmbeddingJson.refusal(received.body())
                        .map(EmbeddingJson.Said::code)
                        .orElse("HTTP " + received.status());
        return code.length() <= LONGEST_CODE ? code : code.substring(0, LONGEST_CODE) + "…";
    }
}
