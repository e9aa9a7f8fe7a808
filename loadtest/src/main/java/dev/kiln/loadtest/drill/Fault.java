package dev.kiln.loadtest.drill;

import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// One way in which things break, and what the miner promises then.
interface Fault {
    /// As `--only` spells it.
    String name();

    /// What is done to the miner, in words.
    String deed();

    /// What it promises then.
    String promise();

    /// No drill takes longer; one that does has not kept its promise.
    default Duration longest() {
        return Duration.ofSeconds(90);
    }

    /// Why it cannot be tried here; empty where it can.
    default String unavailable() {
        return "";
    }

    /// Words before the launcher.
    default List<String> prefix() {
        return List.of();
    }

    /// Does it, and looks.
    Seen strike(Ground ground) throws IOException, MinerException, InterruptedException;

    /// What was seen.
    record Seen(boolean kept, String words) {}
}
