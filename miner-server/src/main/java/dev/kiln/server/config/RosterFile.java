package dev.kiln.server.config;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Roster;
import dev.kiln.core.Roster.Member;
import dev.kiln.core.Roster.Sees;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a list of permitted callers: `- {hotkey, scheme, stake, permit, sees, pay}`, all but `hotkey` with a default.
public final class RosterFile {
    private static final int MOST_MEMBERS = 100_000;

    private RosterFile() {}

    /// The roster of a file, as old as the file's last change.
    public static Roster read(Path file) throws ConfigException {
        String yaml;
        Instant asOf;
        try {
            asOf = Files.getLastModifiedTime(file).toInstant();
            yaml = SmallFile.read(file);
        } catch (NoSuchFileException _) {
            throw new ConfigException(file.toString(), List.of("there is no such file"));
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of("cannot be read: " + e));
        }
        return parse(yaml, file.toString(), asOf);
    }

    static Roster parse(String yaml, String source, Instant asOf) throws ConfigException {
        Problems problems = new Problems();
        Object tree = Tree.parse(yaml, problems);
        Reading reading = new Reading(problems, Path.of(""));
        Map<Hotkey, Member> members = new LinkedHashMap<>();
        if (tree instanceof List<?> items && items.size() <= MOST_MEMBERS) {
            for (int i = 0; i < items.size(); i++) {
                String place = "[" + i + "]";
                if (items.get(i) instanceof Map<?, ?> map) {
                    add(new Section(map, place, reading), place, members, problems);
                } else {
                    problems.add(place, "must be a mapping: {hotkey: 5…, stake: 1000, …}");
                }
            }
        } else if (problems.none() && !(tree instanceof Map<?, ?> map && map.isEmpty())) {
            problems.add("", "must be a list of at most %d callers".formatted(MOST_MEMBERS));
        }
        problems.orThrow(source);
        return new Roster(members, asOf);
    }

    private static void add(
            Section keys, String place, Map<Hotkey, Member> members, Problems problems) {
        String address = keys.text("hotkey");
        Scheme scheme =
                keys.choice(
                        "scheme",
                        Scheme.SR25519,
                        Map.of("sr25519", Scheme.SR25519, "ed25519", Scheme.ED25519));
        double stake = keys.amount("stake", 0, "TAO, 0 or more");
        boolean permit = keys.flag("permit", true);
        Sees sees =
                keys.choice(
                        "sees", Sees.MINIMAL, Map.of("minimal", Sees.MINIMAL, "full", Sees.FULL));
        double pay = keys.optionalAmount("pay", "what it is worth, above 0").orElse(stake);
        keys.refuseUnknown();
        if (address.equals("?")) {
            return;
        }
        try {
            Hotkey hotkey = Ss58.hotkey(address);
            Member member = new Member(hotkey, scheme, stake, permit, sees, pay);
            if (members.putIfAbsent(hotkey, member) != null) {
                problems.add(place + ".hotkey", address, "stands in the list twice");
            }
        } catch (KeyFormatException e) {
            problems.add(place + ".hotkey", address, String.valueOf(e.getMessage()));
        }
    }
}
