package dev.kiln.loadtest.drill;

import dev.kiln.loadtest.traffic.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The wall clock jumps an hour ahead, and back. Done by Debian's libfaketime, which stands between the miner and the
/// system's clock and reads the offset of a file.
final class ClockFault implements Fault {
    private static final Path LIBRARY =
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    private static final Duration BACK = Duration.ofSeconds(15);
    private static final Duration NOTICED = Duration.ofSeconds(3);
    private static final int HONEST = 10;

    private final Path offset;

    ClockFault() throws IOException {
        this.offset = Files.createTempFile("kiln-clock-", "");
        offset.toFile().deleteOnExit();
        Files.writeString(offset, "+0");
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public String deed() {
        return "the miner's wall clock jumps an hour ahead, and back";
    }

    @Override
    public String promise() {
        return "what is signed by the true clock is refused as too old, not answered; what was answered before stays used up; the true clock is served again at once";
    }

    @Override
    public String unavailable() {
        return Files.exists(LIBRARY) ? "" : "there is no libfaketime here (Debian: faketime)";
    }

    @Override
    public List<String> prefix() {
        return List.of(
                "env",
                "LD_PRELOAD=" + LIBRARY,
                "FAKETIME_TIMESTAMP_FILE=" + offset,
                "FAKETIME_CACHE_DURATION=1",
                // Its own remedy for an old C library makes every timed wait of this one wrong.
                "FAKETIME_FORCE_MONOTONIC_FIX=0",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "FAKETIME_DONT_RESET=1");
    }

    @Override
    public Seen strike(Ground ground) throws IOException, InterruptedException {
        Credentials.Signed once = ground.member().sign("/v1/embeddings", ground.question());
        String first = ground.send(once);
        Files.writeString(offset, "+3600");
        Thread.sleep(NOTICED);
        String ahead = ground.send(ground.member().sign("/v1/embeddings", ground.question()));
        Files.writeString(offset, "+0");
        double back = Ground.within(BACK, () -> ground.honest(1) == 1);
        String again = ground.send(once);
        int honest = ground.honest(HONEST);
        return new Seen(
                first.equals("200")
                        && ahead.startsWith("401")
                        && !again.startsWith("200")
                        && back >= 0
                        && honest == HONEST,
                "before %s; an hour ahead %s; the first one again %s; %s, %d of %d calls answered"
                        .formatted(
                                first,
                                ahead,
                                again,
                                back < 0
                                        ? "not served again within %d s".formatted(BACK.toSeconds())
                                        : "served again %.1f s after the jump back".formatted(back),
                                honest,
                                HONEST));
    }
}
