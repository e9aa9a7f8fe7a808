package dev.kiln.server.cli;

import dev.kiln.server.config.ConfigException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description =
                "Looks at machine, engine, clock, port, keys and folders; each finding comes with its remedy.",
        footer = {
            "",
            "Exit codes: 0 looked (with --strict: and all is well), 1 findings under --strict, 2 wrong configuration",
            "",
            "Example: kiln doctor --strict --json"
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private final Surroundings around;
    private final DoctorProof.Gpus gpus;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Prints {ok, device, running, findings}.")
    private boolean json;

    @Option(names = "--strict", description = "Exit code 1 unless every finding is ok.")
    private boolean strict;

    @Mixin private final ConfigOptions options = new ConfigOptions();

    DoctorCommand(Surroundings around) {
        this(around, DoctorProof.Gpus.HERE);
    }

    /// @param gpus which there are to be proved
    DoctorCommand(Surroundings around, DoctorProof.Gpus gpus) {
        this.around = around;
        this.gpus = gpus;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Finding> found;
        Doctor doctor;
        try {
            doctor = new Doctor(options.read(), around, gpus);
            found = doctor.look();
        } catch (ConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return Exit.USAGE;
        }
        boolean ok = found.stream().allMatch(one -> one.state() == Finding.State.OK);
        print(spec.commandLine().getOut(), found, doctor.devices(), ok);
        return strict && !ok ? Exit.FAILED : Exit.OK;
    }

    private void print(
            PrintWriter out, List<Finding> found, Map<String, Object> devices, boolean ok) {
        if (json) {
            List<Object> findings = new ArrayList<>();
            for (Finding one : found) {
                Map<String, Object> facts = new LinkedHashMap<>();
                facts.put("what", one.what());
                facts.put("state", one.state().name().toLowerCase(Locale.ROOT));
                facts.put("fact", one.fact());
                facts.put("remedy", one.remedy());
                findings.add(facts);
            }
            Map<String, Object> report = new LinkedHashMap<>();
            report.put("ok", ok);
            report.putAll(devices);
            report.put("findings", findings);
            out.println(Json.text(report));
            return;
        }
        for (Finding one : found) {
            out.println(
                    "%-4s  %-10s  %s"
                            .formatted(
                                    one.state().name().toLowerCase(Locale.ROOT),
                                    one.what(),
                                    one.fact()));
            if (!one.remedy().isEmpty()) {
                out.println("                  → " + one.remedy());
            }
        }
        out.println(ok ? "next: kiln serve" : "next: follow the arrows, then kiln serve");
    }
}
