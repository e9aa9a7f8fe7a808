package dev.kiln.loadtest.cli;

import java.util.List;
import java.util.Map;

/// What `kiln call` got, for people and for programs.
interface CallAnswer {
    /// Answered, and proved where a proof is due.
    boolean good();

    List<String> lines();

    /// The same with stable keys.
    Map<String, Object> tree();
}
