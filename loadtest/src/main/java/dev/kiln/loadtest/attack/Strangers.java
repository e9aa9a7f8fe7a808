package dev.kiln.loadtest.attack;

import dev.kiln.core.Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A flood of requests that nobody has signed: some bare, some in a known caller's name with a made-up signature, which
/// must be computed to be refused, some from keys that nobody knows.
///
/// On an IPv4 loopback they come from an address of their own, as strangers would.
///
/// **Threads:** one for each connection.
public final class Strangers {
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final byte[] AWAY = {127, 0, 0, 2};

    private final Scene scene;

    /// One honest request, signed once: what is sent of it never holds.
    private final Request honest;

    private final String stranger = Cast.sr25519().hotkey().ss58();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final long began = System.nanoTime();
    private volatile boolean over;

    /// What they got.
    ///
    /// @param sent requests that got some reply or none
    /// @param perSecond the same by time
    /// @param accepted with a status under 300
    /// @param outcomes how often each was met
    public record Count(long sent, double perSecond, long accepted, Map<String, Long> outcomes) {
        public Count {
            outcomes = Map.copyOf(outcomes);
        }
    }

    Strangers(Scene scene, int connections) {
        this.scene = scene;
        this.honest = scene.honest();
        for (int i = 0; i < connections; i++) {
            int seed = i;
            threads.add(
                    Thread.ofPlatform()
                            .name("stranger-" + i)
                            .daemon()
                            .start(() -> flood(new SplittableRandom(seed))));
        }
    }

    private void flood(SplittableRandom random) {
        while (!over) {
            try (Wire wire = Wire.to(scene.url(), LONGEST, Strangers::away)) {
                boolean open = true;
                while (open && !over) {
                    wire.send(next(random).bytes());
                    Outcome outcome = wire.outcome();
                    note(outcome);
                    open = outcome instanceof Outcome.Answered;
                }
            } catch (IOException e) {
                note(new Outcome.Closed());
            }
        }
    }

    private static void away(Socket socket) throws IOException {
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(AWAY), 0));
        } catch (IOException e) {
            // A system whose loopback has one address only: they share it.
        }
    }

    private Request next(SplittableRandom random) {
        Spoken.Names names = scene.spoken().names();
        byte[] signature = new byte[64];
        random.nextBytes(signature);
        signature[63] = (byte) ((signature[63] & 0x0f) | 0x80);
        return switch (random.nextInt(3)) {
            case 0 ->
                    new Request(
                            "POST",
                            honest.target(),
                            List.of(new Header("X-Flood", "1")),
                            honest.body());
            case 1 ->
                    honest.with(names.nonce(), Long.toString(scene.now()))
                            .with(names.signature(), spelled(signature));
            default ->
                    honest.with(names.sender(), stranger)
                            .with(names.nonce(), Long.toString(scene.now()))
                            .with(names.signature(), spelled(signature));
        };
    }

    private static String spelled(byte[] signature) {
        return "0x" + HexFormat.of().formatHex(signature);
    }

    private void note(Outcome outcome) {
        synchronized (outcomes) {
            String words =
                    outcome.effect() == Outcome.Effect.ACCEPTED ? "ACCEPTED" : outcome.words();
            outcomes.merge(words, 1L, Long::sum);
        }
    }

    /// What they got up to now.
    Count count() {
        synchronized (outcomes) {
            long sent = outcomes.values().stream().mapToLong(Long::longValue).sum();
            return new Count(
                    sent,
                    sent / ((System.nanoTime() - began) / 1e9),
                    outcomes.getOrDefault("ACCEPTED", 0L),
                    outcomes);
        }
    }

    /// Ends the flood and waits for its threads.
    void stop() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(20));
        }
    }
}
