package dev.kiln.server;

import dev.kiln.server.config.ConfigException;
import dev.kiln.server.rotation.Reload;
import java.util.Optional;

/// A reload that nobody waits for, as after SIGHUP: what came of it stands in the log.
final class Reloading {
    private static final System.Logger LOG = System.getLogger(Reloading.class.getName());

    private Reloading() {}

    /// Starts it.
    static void now(Reload reload) {
        Thread.ofPlatform().daemon().name("reload").start(() -> run(reload));
    }

    private static void run(Reload reload) {
        try {
            Reload.Applied applied = reload.apply(Optional.empty(), Reloading::say);
            if (applied.done().isEmpty() && applied.refused().isEmpty()) {
                say("no model differs from the configuration");
            }
            applied.refused().ifPresent(reason -> warn("nothing was changed: " + reason));
            applied.restart().forEach(change -> warn("%s needs a restart".formatted(change.key())));
        } catch (ConfigException wrong) {
            warn(wrong.told("nothing was changed"));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(String line) {
        LOG.log(System.Logger.Level.INFO, "reload: " + line);
    }

    private static void warn(String line) {
        LOG.log(System.Logger.Level.WARNING, "reload: " + line);
    }
}
