package dev.kiln.server.cli;

import dev.kiln.adapter.catalog.Catalogue;
import dev.kiln.adapter.catalog.Catalogue.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Which folder `kiln model check` looks at.
///
/// @param folder the model's
/// @param name to serve it under
/// @param problem why there is nothing to check there, and what to do
record CheckTarget(Path folder, String name, Optional<String> problem) {
    /// Follows what was named: a folder, or a model that was added.
    ///
    /// @param named as on the command line
    /// @param cache the folder that models are added to
    static CheckTarget of(Path named, Path cache) {
        Path last = named.toAbsolutePath().normalize().getFileName();
        String name = last == null ? "model" : last.toString().replaceAll("[^A-Za-z0-9.-]", "-");
        Optional<Entry> entry = entry(name);
        Optional<Path> added =
                entry.map(found -> found.place(cache))
                        .filter(place -> Files.isRegularFile(place.resolve("model.yaml")));
        if (!Files.isRegularFile(named.resolve("model.yaml"))) {
            if (added.isPresent() && named.getNameCount() == 1) {
                return new CheckTarget(added.get(), name, Optional.empty());
            }
            return new CheckTarget(named, name, Optional.of(none(named, entry)));
        }
        List<String> missing = entry.map(found -> missing(found, named)).orElse(List.of());
        return missing.isEmpty()
                ? new CheckTarget(named, name, Optional.empty())
                : new CheckTarget(named, name, Optional.of(described(named, name, missing, added)));
    }

    private static Optional<Entry> entry(String name) {
        return Catalogue.ours().entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst();
    }

    private static List<String> missing(Entry entry, Path folder) {
        return entry.files().stream()
                .map(Catalogue.Weights::name)
                .filter(file -> !Files.exists(folder.resolve(file)))
                .toList();
    }

    private static String none(Path named, Optional<Entry> entry) {
        return named.resolve("model.yaml")
                + "  no such file; name a model's folder"
                + entry.map(found -> ", or first: kiln model add " + found.name()).orElse("");
    }

    /// The catalogue's folders in this tree describe models whose weights lie elsewhere.
    private static String described(
            Path named, String name, List<String> missing, Optional<Path> added) {
        return "%s describes a model of the catalogue; its weights (%s) are not in that folder\nnext: %s"
                .formatted(
                        named,
                        String.join(", ", missing),
                        added.isPresent()
                                ? "kiln model check " + name
                                : "kiln model add %s && kiln model check %1$s".formatted(name));
    }

    /// How to serve it.
    String serving() {
        return "kiln serve --set models[0].name=%s --set models[0].source=%s"
                .formatted(name, folder);
    }
}
