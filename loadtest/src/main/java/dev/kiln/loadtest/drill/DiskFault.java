package dev.kiln.loadtest.drill;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A read that does not come back: the roster's file becomes a pipe that nobody writes to, and whoever opens it waits.
record DiskFault() implements Fault {
    private static final Duration STALL = Duration.ofSeconds(5);
    private static final Duration READ = Duration.ofSeconds(15);
    private static final int HONEST = 20;

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public String deed() {
        return "reading the roster's file stalls: it has become a pipe that nobody writes to";
    }

    @Override
    public String promise() {
        return "calls go on by the old roster, health checks too; once reading goes on the new roster is in force";
    }

    @Override
    public String unavailable() {
        return Files.isExecutable(Path.of("/usr/bin/mkfifo"))
                        || Files.isExecutable(Path.of("/bin/mkfifo"))
                ? ""
                : "there is no mkfifo here";
    }

    @Override
    public Seen strike(Ground ground) throws IOException, InterruptedException {
        Path pipe = ground.roster().resolveSibling("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
        if (!made.waitFor(10, TimeUnit.SECONDS) || made.exitValue() != 0) {
            return new Seen(false, "mkfifo failed");
        }
        Files.move(pipe, ground.roster(), StandardCopyOption.REPLACE_EXISTING);
        Thread.sleep(STALL);
        int honest = ground.honest(HONEST);
        int live = ground.page("/livez");
        KeyPair newcomer = KeyPair.generate(Scheme.SR25519);
        // Opening the other end succeeds at once only if somebody is stuck in reading.
        boolean stalled = release(ground.roster());
        ground.writeRoster(newcomer);
        double read = Ground.within(READ, () -> ground.answers(newcomer));
        return new Seen(
                stalled && honest == HONEST && live == 200 && read >= 0,
                "%s; %d of %d calls answered meanwhile, /livez %d; %s"
                        .formatted(
                                stalled
                                        ? "a reader was stuck"
                                        : "nobody was reading, so nothing stalled",
                                honest,
                                HONEST,
                                live,
                                read < 0
                                        ? "the new file was not read within %d s"
                                                .formatted(READ.toSeconds())
                                        : "a newcomer of the new file answered after %.1f s"
                                                .formatted(read)));
    }

    /// Opens the pipe's other end and closes it, which ends the read.
    private static boolean release(Path pipe) throws InterruptedException {
        Thread opener =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try (OutputStream end = Files.newOutputStream(pipe)) {
                                end.flush();
                            } catch (IOException e) {
                                // The reader is gone; whether there was one, the thread's end
                                // tells.
                            }
                        });
        return opener.join(Duration.ofSeconds(3));
    }
}
