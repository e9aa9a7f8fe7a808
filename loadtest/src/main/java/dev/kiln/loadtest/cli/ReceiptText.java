package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.wire.BadAnswer;
import dev.kiln.bittensor.wire.Receipt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a checked answer's receipt says, or what failed, for people and for programs.
///
/// @param receipt absent if the answer proves nothing
/// @param fault absent if it proves what it should
record ReceiptText(@Nullable Receipt receipt, @Nullable BadAnswer fault) {
    private static final String MICROS = "_us";

    boolean verified() {
        return receipt != null;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (fault != null) {
            lines.add("receipt    NOT PROVED  %s: %s".formatted(fault.fault(), fault.getMessage()));
        }
        if (receipt != null) {
            lines.add(
                    "receipt    verified: signed by %s (%s) for this very request"
                            .formatted(receipt.miner(), receipt.scheme().wireName()));
            facts(receipt, lines);
            stages(receipt, lines);
        }
        return lines;
    }

    private static void facts(Receipt receipt, List<String> lines) {
        List<String> facts = new ArrayList<>();
        receipt.asserted()
                .forEach((name, value) -> {
                    if (!name.endsWith(MICROS)) {
                        facts.add("%s %s".formatted(name, value));
                    }
                });
        String heading = "asserts    ";
        for (String fact : facts) {
            lines.add(heading + fact);
            heading = "           ";
        }
        if (facts.isEmpty()) {
            lines.add("asserts    nothing");
        }
    }

    private static void stages(Receipt receipt, List<String> lines) {
        List<String> stages = new ArrayList<>();
        receipt.asserted()
                .forEach((name, value) -> {
                    if (name.endsWith(MICROS) && value instanceof Long micros) {
                        String stage =
                                name.substring(0, name.length() - MICROS.length())
                                        .replace('_', ' ');
                        stages.add("%s %.2f".formatted(stage, micros / 1e3));
                    }
                });
        if (!stages.isEmpty()) {
            lines.add("stages     %s  ms, the miner's word".formatted(String.join("  ", stages)));
        }
    }

    /// The same with stable keys.
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("verified", verified());
        if (fault != null) {
            tree.put("fault", fault.fault().name());
            tree.put("message", String.valueOf(fault.getMessage()));
        }
        if (receipt != null) {
            tree.put("miner", receipt.miner().ss58());
            tree.put("scheme", receipt.scheme().wireName());
            tree.put("status", receipt.status());
            tree.put("request_digest", receipt.requestDigest());
            tree.put("asserted", receipt.asserted());
        }
        return tree;
    }
}
