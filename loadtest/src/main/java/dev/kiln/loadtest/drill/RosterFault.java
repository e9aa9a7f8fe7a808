package dev.kiln.loadtest.drill;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/// The roster's file is gone.
record RosterFault() implements Fault {
    /// The miner looks every second.
    private static final Duration LOOKED = Duration.ofSeconds(3);

    private static final Duration READ = Duration.ofSeconds(15);
    private static final int HONEST = 20;

    @Override
    public String name() {
        return "roster";
    }

    @Override
    public String deed() {
        return "the roster's file is deleted, and later another one put in its place";
    }

    @Override
    public String promise() {
        return "the old roster stays in force; the new file is read without a restart";
    }

    @Override
    public Seen strike(Ground ground) throws IOException, InterruptedException {
        KeyPair newcomer = KeyPair.generate(Scheme.SR25519);
        Files.delete(ground.roster());
        Thread.sleep(LOOKED);
        int honest = ground.honest(HONEST);
        boolean early = ground.answers(newcomer);
        ground.writeRoster(newcomer);
        double read = Ground.within(READ, () -> ground.answers(newcomer));
        return new Seen(
                honest == HONEST && !early && read >= 0,
                "%d of %d calls answered without the file; %s; %s"
                        .formatted(
                                honest,
                                HONEST,
                                early
                                        ? "somebody unknown was answered"
                                        : "somebody unknown was refused",
                                read < 0
                                        ? "the new file was not read within %d s"
                                                .formatted(READ.toSeconds())
                                        : "a newcomer of the new file answered after %.1f s"
                                                .formatted(read)));
    }
}
