package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.traffic.Transport;
import java.util.Locale;

/// Says when each piece of an answer came.
///
/// **Threads:** made on the caller's; told on Vert.x's event loop, one piece at a time.
final class StreamText implements Transport.Listener {
    private static final int SHOWN_CHARS = 48;

    private final long beganTick = System.nanoTime();
    private int pieces;

    @Override
    public void came(byte[] piece) {
        pieces++;
        System.out.printf(
                Locale.ROOT,
                "piece %-4d %7.1f ms  %5d bytes  %s%n",
                pieces,
                (System.nanoTime() - beganTick) / 1e6,
                piece.length,
                start(piece));
    }

    /// Its first characters; whatever a terminal might obey is left out.
    private static String start(byte[] piece) {
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(piece.length, SHOWN_CHARS); i++) {
            char c = (char) piece[i];
            text.append(c >= ' ' && c < 127 ? c : ' ');
        }
        return piece.length > SHOWN_CHARS ? text + "…" : text.toString();
    }
}
