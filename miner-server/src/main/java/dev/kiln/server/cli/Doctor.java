package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.Coldkeys;
import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Wallets;
import dev.kiln.natives.Machine;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// Looks at everything a miner needs before it serves, and says what to do about what is missing.
final class Doctor {
    private static final long LEAST_MEMORY = 1L << 30;
    private static final long LEAST_FILES = 4096;
    private static final Duration LOOK_AT_MOST = Duration.ofSeconds(4);
    private final Config config;
    private final Home home;
    private final Wallets wallets;
    private final DoctorNet net;
    private final DoctorDevice device;
    private final FutureTask<RunningServer> running;

    /// @param gpus which there are to be proved
    Doctor(Config config, Surroundings around, DoctorProof.Gpus gpus) {
        this.config = config;
        this.home = around.home();
        this.wallets = around.wallets();
        this.net = new DoctorNet(config);
        this.device =
                new DoctorDevice(
                        config.models(), config.folders().cache().orElse(home.cache()), gpus);
        this.running = new FutureTask<>(() -> RunningServer.ask(config.server().port()));
    }

    /// The devices, each as three facts; and what a running server says of its own.
    Map<String, Object> devices() {
        Map<String, Object> devices = new LinkedHashMap<>();
        devices.put("device", device.facts());
        if (running.state() == Future.State.SUCCESS) {
            running.resultNow().page().ifPresent(page -> devices.put("running", page));
        }
        return devices;
    }

    /// All looks run side by side, and one that hangs keeps nobody waiting for long.
    List<Finding> look() throws InterruptedException {
        device.begin();
        var looks = new Looks(LOOK_AT_MOST);
        looks.begin("machine", () -> machine(Machine.here()));
        looks.begin("clock", () -> List.of(net.clock()));
        looks.begin("port", () -> List.of(net.port()));
        looks.begin("reach", net::reach);
        looks.begin("keys", this::keys);
        looks.begin(
                "folders",
                () ->
                        List.of(
                                writable("state", state()),
                                writable("cache", config.folders().cache().orElse(home.cache()))));
        looks.begin("announce", () -> List.of(net.announce()));
        looks.begin("running", this::running);
        looks.begin("callers", () -> DoctorCallers.of(state(), config.server().admin().token()));
        List<Finding> found = new ArrayList<>(looks.findings());
        found.addAll(device.await().findings());
        return found;
    }

    private List<Finding> running() {
        running.run();
        return running.resultNow().findings();
    }

    private static List<Finding> machine(Machine machine) {
        return List.of(
                Finding.ok(
                        "machine",
                        "%s, %d cores, %s"
                                .formatted(machine.cpu(), machine.cores(), machine.system())),
                Finding.ok("java", machine.jvm()),
                memory(machine),
                files(machine));
    }

    private List<Finding> keys() {
        List<Finding> found = new ArrayList<>();
        found.add(hotkey());
        password().ifPresent(found::add);
        found.add(coldkeys());
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
}
