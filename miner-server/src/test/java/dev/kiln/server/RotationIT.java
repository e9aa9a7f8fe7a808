package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.BadAnswer;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A hotkey that is exchanged while validators ask over HTTP.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RotationIT {
    private static final KeyPair OLD = KeyPair.generate(Scheme.SR25519);
    private static final KeyPair NEW = KeyPair.generate(Scheme.SR25519);
    private static final byte[] BODY = "{\"input\":\"a\"}".getBytes(UTF_8);
    private static final int CALLERS = 3;
    private static final int ENOUGH = 30;

    @TempDir private Path home = Path.of("");

    private final AtomicInteger answered = new AtomicInteger();

    /// The key that validators read from the chain; written by the test's thread.
    private volatile KeyPair onChain = OLD;

    private volatile boolean over;

    private Answer ask(int port, RequestSigner signer, KeyPair miner)
            throws IOException, BadAnswer {
        SignedRequest request = signer.sign("POST", Rig.EMBEDDINGS, BODY, miner.hotkey());
        Answer answer = RawHttp.ask(port, "POST", Rig.EMBEDDINGS, request.headers(), BODY);
        if (answer.status() == 200) {
            new AnswerCheck(miner.hotkey(), Scheme.SR25519)
                    .check(request, answer, Time.SYSTEM.epochNanos());
        }
        return answer;
    }

    private Callable<List<Integer>> caller(int port, RequestSigner signer) {
        return () -> {
            List<Integer> refused = new ArrayList<>();
            while (!over) {
                int status = ask(port, signer, onChain).status();
                if (status == 200) {
                    answered.incrementAndGet();
                } else {
                    refused.add(status);
                }
            }
            return refused;
        };
    }

    private void awaitMore() {
        int enough = answered.get() + ENOUGH;
        while (answered.get() < enough) {
            Thread.onSpinWait();
        }
    }

    @Test
    void noRequestIsDroppedWhileTheKeyIsExchangedRightAfterTheStart() throws Exception {
        Path file = home.resolve("hotkey");
        Keyfile.write(file, OLD, false);
        Miner miner =
                Miner.start(
                        new ConfigSource(
                                Optional.empty(), List.of("server.port=0", "hotkey.file=" + file)),
                        new Home(home));
        try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
            miner.awaitReady();
            KeyPair validator = Keyfile.read(new Home(home).developmentValidator());
            var signer = new RequestSigner(validator, Time.SYSTEM);
            List<Future<List<Integer>>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(caller(miner.port(), signer)));
            }
            awaitMore();
            assertThat(ask(miner.port(), signer, NEW).status()).isEqualTo(401);

            Keyfile.write(file, NEW, true);
            miner.hangUp();
            while (ask(miner.port(), signer, NEW).status() != 200) {
                Thread.onSpinWait();
            }
            awaitMore();
            onChain = NEW;
            awaitMore();
            over = true;

            for (Future<List<Integer>> each : callers) {
                assertThat(each.get()).as("refused with").isEmpty();
            }
        } finally {
            over = true;
            miner.drain();
        }
    }

    @Test
    void aHangupHasTheKeyReadAtOnceAndEndsNothing() throws Exception {
        assumeThat(hangupsAreIgnored()).as("started by nohup").isFalse();
        Path file = home.resolve("hotkey");
        Keyfile.write(file, OLD, false);
        try (var child = new Child(home, "serve", "--port", "0", "--set", "hotkey.file=" + file)) {
            assertThat(child.line()).as(child.errors()).contains(OLD.hotkey().ss58());
            Keyfile.write(file, NEW, true);

            Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(child.pid())).start();
            assertThat(kill.waitFor()).isZero();
            while (!child.errors().contains("hotkey: %s from".formatted(NEW.hotkey()))) {
                Thread.onSpinWait();
            }

            // The look of every second may have seen the key first.
            while (!child.errors().contains("asked to look at roster and hotkey")) {
                Thread.onSpinWait();
            }
            child.terminate();
            assertThat(child.exit()).isZero();
        }
    }

    /// Whether this process and its children were told to take no SIGHUP: a JVM then leaves it so.
    private static boolean hangupsAreIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) == 1);
    }
}
