package dev.kiln.server.cli;

import dev.kiln.adapter.probe.ProbeMain;
import dev.kiln.bittensor.keys.Coldkeys;
import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Wallets;
import dev.kiln.natives.DeviceProbe;
import dev.kiln.natives.DeviceReport;
import dev.kiln.natives.Machine;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at everything a miner needs before it serves, and says what to do about what is missing.
final class Doctor {
    private static final Duration PROBE_AT_MOST = Duration.ofSeconds(4);
    private static final long LEAST_MEMORY = 1L << 30;
    private static final long LEAST_FILES = 4096;
    private static final Instant NOT_BEFORE =
            LocalDate.of(2026, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant();

    private final Config config;
    private final Home home;
    private final Wallets wallets;

    Doctor(Config config, Surroundings around) {
        this.config = config;
        this.home = around.home();
        this.wallets = around.wallets();
    }

    List<Finding> look() throws InterruptedException {
        List<Finding> found = new ArrayList<>();
        Machine machine = Machine.here();
        found.add(
                Finding.ok(
                        "machine",
                        "%s, %d cores, %s"
                                .formatted(machine.cpu(), machine.cores(), machine.system())));
        found.add(Finding.ok("java", machine.jvm()));
        found.add(memory(machine));
        found.add(files(machine));
        found.add(clock(Instant.now()));
        found.add(port());
        found.add(hotkey());
        password().ifPresent(found::add);
        found.add(coldkeys());
        found.add(writable("state", state()));
        found.add(writable("cache", config.folders().cache().orElse(home.cache())));
        found.add(engine());
        return found;
    }

    private static Finding memory(Machine machine) {
        long bytes = machine.memoryLimitBytes().orElse(machine.memoryBytes().orElse(0));
        String fact = "%d MiB".formatted(bytes >> 20);
        return bytes == 0 || bytes >= LEAST_MEMORY
                ? Finding.ok("memory", bytes == 0 ? "unknown" : fact)
                : Finding.warn("memory", fact, "give this machine or container at least 1 GiB");
    }

    private static Finding files(Machine machine) {
        if (machine.openFiles().isEmpty()) {
            return Finding.ok("open files", "unknown");
        }
        long most = machine.openFiles().getAsLong();
        return most >= LEAST_FILES
                ? Finding.ok("open files", "at most " + most)
                : Finding.warn("open files", "at most " + most, "raise it: ulimit -n 65536");
    }

    static Finding clock(Instant now) {
        return now.isAfter(NOT_BEFORE)
                ? Finding.ok("clock", now.toString())
                : Finding.fail(
                        "clock",
                        now.toString(),
                        "set the clock: validators refuse answers from the past; timedatectl set-ntp true");
    }

    private Finding port() {
        String at = config.server().host() + ":" + config.server().port();
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    new InetSocketAddress(
                            InetAddress.getByName(config.server().host()), config.server().port()));
            return Finding.ok("port", at + " is free");
        } catch (IOException e) {
            return Finding.warn(
                    "port",
                    "%s: %s".formatted(at, e.getMessage()),
                    "stop what listens there, or serve with --port N");
        }
    }

    private Finding hotkey() {
        Path file = config.identity().hotkey().orElse(home.developmentHotkey());
        if (!Files.exists(file)) {
            return config.identity().hotkey().isPresent()
                    ? Finding.fail(
                            "hotkey", file + " is missing", "make one: kiln wallet new " + file)
                    : Finding.ok("hotkey", "a development one will be made at " + file);
        }
        try {
            String address =
                    Keyfile.isEncrypted(file)
                            ? Keyfile.readPublic(file).hotkey().ss58() + ", encrypted"
                            : Keyfile.read(file).hotkey().ss58();
            return Keyfile.isReadableByOthers(file)
                    ? Finding.warn("hotkey", file + " can be read by others", "chmod 600 " + file)
                    : Finding.ok("hotkey", address);
        } catch (KeyFormatException | IOException e) {
            return Finding.fail(
                    "hotkey",
                    String.valueOf(e.getMessage()),
                    "name another with --set hotkey.file=…");
        }
    }

    /// The password's file, where one is named.
    private Optional<Finding> password() {
        return config.identity().hotkeyPassword().map(Doctor::password);
    }

    private static Finding password(Path file) {
        try {
            return Keyfile.isReadableByOthers(file)
                    ? Finding.warn("password", file + " can be read by others", "chmod 600 " + file)
                    : Finding.ok("password", file + " is this user's alone");
        } catch (IOException e) {
            return Finding.fail(
                    "password",
                    "%s cannot be read: %s".formatted(file, e.getClass().getSimpleName()),
                    "name another with --set hotkey.password-file=…");
        }
    }

    /// What kiln serve would refuse to start beside.
    private Finding coldkeys() {
        try {
            List<Path> secrets = Coldkeys.found(wallets, config.identity().hotkey());
            return secrets.isEmpty()
                    ? Finding.ok("coldkeys", "none beside the hotkey or in " + wallets.root())
                    : Finding.fail(
                            "coldkeys",
                            "secrets lie here: "
                                    + String.join(
                                            ", ", secrets.stream().map(Path::toString).toList()),
                            "move them to a machine that serves nothing, see docs/wallets.md");
        } catch (IOException e) {
            return Finding.fail(
                    "coldkeys",
                    "%s cannot be searched: %s".formatted(wallets.root(), e),
                    "make it readable, or set BT_WALLET_PATH to a folder without coldkeys");
        }
    }

    private Path state() {
        return config.folders().state().orElse(home.state(config.identity().hotkey().isEmpty()));
    }

    private static Finding writable(String what, Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return Files.isDirectory(existing) && Files.isWritable(existing)
                ? Finding.ok(what, folder + " can be written")
                : Finding.warn(
                        what,
                        folder + " cannot be written",
                        "chown it to this user, or choose another with --set %s.folder=…"
                                .formatted(what));
    }

    private Finding engine() throws InterruptedException {
        Config.Model model = config.models().getFirst();
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProbeMain.class.getName(),
                        model.device(),
                        config.folders().cache().orElse(home.cache()).toString(),
                        model.source());
        DeviceReport report = new DeviceProbe(command, PROBE_AT_MOST).run(model.device());
        String fact =
                "%s %s, device requested %s, active %s, proved %s"
                        .formatted(
                                report.runtime(),
                                report.version(),
                                report.requested(),
                                report.active(),
                                report.proved());
        Optional<String> problem = report.problem();
        return report.isProved()
                ? Finding.ok("engine", fact)
                : Finding.fail(
                        "engine",
                        fact + problem.map("; "::concat).orElse(""),
                        "see docs/configuration.md, models[].device and models[].source");
    }
}
