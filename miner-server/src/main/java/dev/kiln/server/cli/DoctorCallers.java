package dev.kiln.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.server.admin.AdminClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/// The callers' clocks, as a running server has learnt them from requests.
final class DoctorCallers {
    /// An offset near the skew that requests may have makes honest calls fail.
    private static final long OFF_MILLIS = 500;

    /// Callers that are named one by one; `kiln callers` names all.
    private static final int NAMED = 8;

    private static final String WHAT = "callers";
    private static final String REMEDY =
            "tell its operator; if most callers are off the same way, it is this machine's clock: timedatectl set-ntp true";

    private DoctorCallers() {}

    /// Nothing where no server uses this state folder.
    static List<Finding> of(Path state, Optional<Path> token) throws InterruptedException {
        try {
            return findings(AdminClient.of(state, token).ask(WHAT, Map.of(), _ -> {}));
        } catch (IOException _) {
            return List.of();
        }
    }

    static List<Finding> findings(JsonNode answer) {
        List<Finding> off = new ArrayList<>();
        var well = new StringJoiner(", ");
        int heard = 0;
        int more = 0;
        for (JsonNode caller : answer.path(WHAT)) {
            if (!caller.has("clock_age_ms") && !caller.has("refused_age_ms")) {
                continue;
            }
            heard++;
            String fact = caller.path("caller").asText() + " " + ClockText.of(caller);
            if (off(caller, "clock_age_ms") || off(caller, "refused_age_ms")) {
                off.add(Finding.warn(WHAT, fact, REMEDY));
            } else if (heard - off.size() <= NAMED) {
                well.add(fact);
            } else {
                more++;
            }
        }
        return together(off, well, more);
    }

    private static List<Finding> together(List<Finding> off, StringJoiner well, int more) {
        List<Finding> found = new ArrayList<>(off.subList(0, Math.min(NAMED, off.size())));
        int left = more + off.size() - found.size();
        if (left > 0) {
            well.add("%d more: kiln callers".formatted(left));
        }
        if (well.length() > 0) {
            found.add(Finding.ok(WHAT, "clocks: " + well));
        }
        return found;
    }

    private static boolean off(JsonNode caller, String field) {
        return Math.abs(caller.path(field).asLong()) > OFF_MILLIS;
    }
}
