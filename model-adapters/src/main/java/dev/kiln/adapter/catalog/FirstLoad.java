package dev.kiln.adapter.catalog;

import dev.kiln.natives.Child;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/// Loads files that were never loaded here before in a child process first: a native engine that reads a broken or
/// hostile file may end the process it runs in.
///
/// What was loaded once without a crash is noted in the cache folder under a digest of all its files, and is loaded
/// straight away from then on.
public final class FirstLoad {
    private static final Logger LOG = System.getLogger(FirstLoad.class.getName());
    private static final Duration AT_MOST = Duration.ofMinutes(3);
    private static final int REFUSED = 3;

    private FirstLoad() {}

    /// The child: source, cache folder and where texts are cut. Exit codes: 0 loaded, 3 refused in words.
    public static void main(String[] args) {
        var settings =
                new ModelSettings("first-load", args[0], Integer.parseInt(args[2]), "cpu", 1);
        try {
            Models.openHere(settings, Path.of(args[1])).close();
        } catch (ModelLoadException e) {
            System.exit(REFUSED);
        }
    }

    /// Tries the files in a child process, unless they were before.
    ///
    /// @throws ModelLoadException if the child crashed or did not end; what it refused in words is loaded again by the
    ///     caller, who then has the words
    static void tried(ModelSettings settings, ModelFiles files, Path cacheFolder)
            throws ModelLoadException {
        Path mark = cacheFolder.resolve("loaded").resolve(key(files.manifest()));
        if (Files.exists(mark)) {
            return;
        }
        Child child = run(settings, files, cacheFolder);
        if (child.exit().filter(exit -> exit == 0).isPresent()) {
            note(mark, files.place());
        } else if (child.exit().filter(exit -> exit == REFUSED).isEmpty()) {
            throw new ModelLoadException(
                    files.place(),
                    List.of(
                            "%s  a child process that loaded it %s; this process is unharmed"
                                    .formatted(
                                            files.manifest().engine().weights(), ending(child))));
        }
    }

    private static Child run(ModelSettings settings, ModelFiles files, Path cacheFolder)
            throws ModelLoadException {
        List<String> arguments =
                List.of(
                        settings.source(),
                        cacheFolder.toString(),
                        Integer.toString(settings.maxTokens()));
        try {
            return Child.run(Child.java(FirstLoad.class.getName(), arguments), AT_MOST);
        } catch (IOException e) {
            throw new ModelLoadException(
                    files.place(), "no child process could be started to try it: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelLoadException(
                    files.place(), "interrupted while a child process tried it", e);
        }
    }

    private static String ending(Child child) {
        return child.crash()
                .or(() -> child.exit().map("ended with exit code %d"::formatted))
                .orElse("did not end within %d s".formatted(AT_MOST.toSeconds()));
    }

    /// The digest of everything that is loaded, and by what.
    private static String key(Manifest manifest) {
        var text = new StringBuilder(manifest.engine().kind() + " " + Runtime.version() + "\n");
        new TreeMap<>(manifest.files())
                .forEach((name, sha256) ->
                        text.append(sha256).append(' ').append(name).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return Digest.sha256(MemorySegment.ofArray(bytes));
    }

    private static void note(Path mark, String place) {
        try {
            Files.createDirectories(mark.getParent());
            Files.writeString(mark, place + "\n");
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}: cannot be noted as loaded ({1}); the next start tries it in a child process again",
                    place,
                    e);
        }
    }
}
