package dev.kiln.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
        name = "model",
        description = "Look at models, fetch them, prove them, put them into service.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Example: kiln model check models/my-model"},
        mixinStandardHelpOptions = true)
final class ModelCommand {
    private ModelCommand() {}

    /// The group with its commands.
    static CommandLine group(Surroundings around) {
        return new CommandLine(new ModelCommand())
                .addSubcommand(new ModelList(around))
                .addSubcommand(new ModelAdd(around))
                .addSubcommand(new ModelCheck(around.home()));
    }
}
