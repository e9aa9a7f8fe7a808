package dev.kiln.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One reading of a file: its problems, where its relative paths start, and every key that was asked for.
final class Reading {
    /// One key as documentation shows it.
    ///
    /// @param key the dotted path, list places as `[0]`
    /// @param fallback the default as it is written in a file; empty where there is none
    /// @param kind what may stand there
    record Key(String key, String fallback, String kind) {}

    private final Problems problems;
    private final Path folder;
    private final List<Key> keys = new ArrayList<>();

    /// @param folder where relative paths start
    Reading(Problems problems, Path folder) {
        this.problems = problems;
        this.folder = folder;
    }

    Problems problems() {
        return problems;
    }

    /// A path of the file: relative ones start at its folder, `~/` at the user's home.
    Path resolve(String path) {
        if (path.startsWith("~/")) {
            return Path.of(System.getProperty("user.home", ""), path.substring(2));
        }
        return folder.resolve(path).toAbsolutePath().normalize();
    }

    /// The source of a model: a name of an embedded one or of the catalogue stays, anything else is a path of the file.
    String source(String source) {
        return source.startsWith("embedded:") || source.startsWith("catalog:")
                ? source
                : resolve(source).toString();
    }

    void seen(String key, String fallback, String kind) {
        keys.add(new Key(key, fallback, kind));
    }

    List<Key> keys() {
        return keys;
    }
}
