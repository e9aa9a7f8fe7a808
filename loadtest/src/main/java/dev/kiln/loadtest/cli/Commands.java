package dev.kiln.loadtest.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The harness's command line, whole.
@Command(
        name = "kiln",
        description = {"The validator's side of Kiln.", ""},
        footer = {
            "",
            "Exit codes: 0 fine, 1 refused or failed, 2 usage or cannot run.",
            "Example:  ./kiln demo"
        })
public final class Commands {
    private Commands() {}

    /// Runs one command.
    ///
    /// @return its exit code
    public static int run(String... args) {
        var root = new CommandLine(new Commands());
        root.addSubcommand(new DemoCommand());
        root.addSubcommand(new CallCommand());
        root.addSubcommand(new CommandLine(new Verify()).addSubcommand(new VerifyCommand()));
        root.addSubcommand(
                new CommandLine(new Bench())
                        .addSubcommand(new BenchCommand())
                        .addSubcommand(new BenchSwapsCommand())
                        .addSubcommand(new BenchLoadCommand())
                        .addSubcommand(new BenchRivalsCommand())
                        .addSubcommand(new BenchSoakCommand())
                        .addSubcommand(new BenchPressureCommand()));
        root.addSubcommand(
                new CommandLine(new Load())
                        .addSubcommand(new LoadRunCommand())
                        .addSubcommand(new LoadSearchCommand())
                        .addSubcommand(new LoadReportCommand())
                        .addSubcommand(new LoadCompareCommand())
                        .addSubcommand(new LoadKeysCommand()));
        root.addSubcommand(new DrillCommand());
        root.addSubcommand(new WhyCommand());
        root.addSubcommand(
                new CommandLine(new Attacks())
                        .addSubcommand(new AttackListCommand())
                        .addSubcommand(new AttackRunCommand()));
        root.registerConverter(Duration.class, new Durations());
        root.setCaseInsensitiveEnumValuesAllowed(true);
        addHelp(root);
        return root.execute(args);
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getCommandSpec().version("kiln 0.1.0");
        command.getSubcommands().values().forEach(Commands::addHelp);
    }

    /// `kiln verify`, which only groups.
    @Command(
            name = "verify",
            description = {"Checks what a miner once said.", ""},
            footer = {"", "Example:  ./kiln verify answer exchange.json"})
    static final class Verify {}

    /// `kiln attack`, which only groups.
    @Command(
            name = "attack",
            description = {"Sends a miner what it must refuse.", ""},
            footer = {"", "Example:  ./kiln attack run --start"})
    static final class Attacks {}

    /// `kiln load`, which only groups.
    @Command(
            name = "load",
            description = {"Load-tests a miner: Kiln, or any other.", ""},
            footer = {"", "Example:  ./kiln load run --start --rate 20 --seconds 20"})
    static final class Load {}

    /// `kiln bench`, which only groups.
    @Command(
            name = "bench",
            description = {"Measures.", ""},
            footer = {"", "Example:  ./kiln bench served"})
    static final class Bench {}

    /// Lengths of time with a unit.
    static final class Durations implements ITypeConverter<Duration> {
        private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9})(ms|s|m)");

        @Override
        public Duration convert(String value) {
            Matcher matcher = SHAPE.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'%s' needs a unit: 500ms, 10s …".formatted(value));
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
        }
    }
}
