package dev.kiln.loadtest.miner;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A temporary folder with everything one miner needs: hotkey, roster, configuration, state. Gone when closed.
public final class MinerFolder implements AutoCloseable {
    private final Path folder;

    private final Recipe recipe;

    private MinerFolder(Path folder, Recipe recipe) {
        this.folder = folder;
        this.recipe = recipe;
    }

    /// One permitted caller.
    ///
    /// @param stake in TAO
    /// @param sees `minimal` or `full`
    public record Member(KeyPair key, long stake, String sees) {}

    /// What a miner is made of.
    ///
    /// @param cache shared folder for what can be made again
    /// @param extraYaml more lines of configuration, may be empty
    /// @param apiKeys lines of an API key file, may be empty
    public record Recipe(
            KeyPair hotkey,
            List<Member> members,
            Path cache,
            String extraYaml,
            List<String> apiKeys) {}

    /// Writes a fresh folder.
    public static MinerFolder write(Recipe recipe) throws IOException {
        Path folder = Files.createTempDirectory("kiln-miner-");
        var made = new MinerFolder(folder, recipe);
        try {
            Keyfile.write(folder.resolve("hotkey"), recipe.hotkey(), false);
            Files.writeString(folder.resolve("roster.yaml"), roster(recipe.members()));
            Files.write(folder.resolve("api-keys.txt"), recipe.apiKeys());
            Files.writeString(made.config(), yaml(recipe));
        } catch (IOException e) {
            made.close();
            throw e;
        }
        return made;
    }

    private static String roster(List<Member> members) {
        return members.stream()
                .map(member ->
                        """
                        - hotkey: %s
                          scheme: %s
                          stake: %d
                          permit: true
                          sees: %s
                        """
                                .formatted(
                                        member.key().hotkey().ss58(),
                                        member.key().scheme().wireName(),
                                        member.stake(),
                                        member.sees()))
                .collect(Collectors.joining());
    }

    private static String yaml(Recipe recipe) {
        return """
        hotkey:
          file: hotkey
        roster:
          file: roster.yaml
        state:
          folder: state
        cache:
          folder: '%s'
        """
                        .formatted(recipe.cache().toAbsolutePath().toString().replace("'", "''"))
                + (recipe.apiKeys().isEmpty() ? "" : "api-keys:\n  file: api-keys.txt\n")
                + recipe.extraYaml();
    }

    /// The configuration to serve with.
    public Path config() {
        return folder.resolve("kiln.yaml");
    }

    /// The same configuration with other lines in place of the extra ones, in a file beside it.
    Path variant(String name, String extraYaml) throws IOException {
        var other =
                new Recipe(
                        recipe.hotkey(),
                        recipe.members(),
                        recipe.cache(),
                        extraYaml,
                        recipe.apiKeys());
        return Files.writeString(folder.resolve(name), yaml(other));
    }

    /// Where the miner's standard error goes.
    public Path log() {
        return folder.resolve("serve.log");
    }

    /// A file beside the configuration.
    public Path resolve(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
