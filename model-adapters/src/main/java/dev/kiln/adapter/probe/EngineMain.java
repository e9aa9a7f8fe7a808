package dev.kiln.adapter.probe;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import dev.kiln.natives.DeviceWish;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// The engine loop of [GpuCheckMain] on demand, so that somebody can measure in turns with it: the model stays loaded
/// and idle between two stretches.
///
/// Arguments: device, cache folder, a model's source. Prints `key=value` lines: first the device and what every item is,
/// `ask` (`text`, `image`, `file`, or `none` where it is none of these) and `bytes` in Base64, then `ready`; then for
/// each line of standard input, a number of seconds, `items_per_s`. Ends with standard input. Exit codes: 0 all right,
/// 1 something came out wrong, 2 wrong arguments.
public final class EngineMain {
    private static final int THREADS = 2;

    private EngineMain() {}

    public static void main(String[] args) throws Exception {
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.exit(run(args, orders, System.out));
    }

    static int run(String[] args, BufferedReader orders, PrintStream out)
            throws IOException, InterruptedException {
        if (args.length != 3 || DeviceWish.parse(args[0]).isEmpty()) {
            out.println("error=usage: EngineMain DEVICE CACHE-FOLDER SOURCE");
            return 2;
        }
        var settings =
                new ModelSettings(
                        "engine", args[2], ModelSettings.DEFAULT_MAX_TOKENS, args[0], THREADS);
        try (ModelAdapter model = Models.openHere(settings, Path.of(args[1]))) {
            introduce(model, out);
            List<Prepared> batch = GpuCheckMain.batch(model, GpuCheckMain.BATCH);
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                var timing = EngineTiming.measure(model, batch, THREADS, Double.parseDouble(line));
                out.printf(Locale.ROOT, "items_per_s=%.6g%n", timing.itemsPerSecond());
                out.flush();
            }
            return 0;
        } catch (ModelLoadException | ModelFault | UnfitInput e) {
            out.println("error=" + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
            return 1;
        }
    }

    private static void introduce(ModelAdapter model, PrintStream out) {
        out.println("active=" + model.info().device().active());
        out.println("batch=" + GpuCheckMain.BATCH);
        out.println("threads=" + THREADS);
        switch (GpuCheckMain.inputs(model, 1).getFirst()) {
            case ModelInput.Text(String text) ->
                    say(out, "text", text.getBytes(StandardCharsets.UTF_8));
            case ModelInput.Image(byte[] bytes) -> say(out, "image", bytes);
            case ModelInput.File(byte[] bytes) -> say(out, "file", bytes);
            case ModelInput.Sound _, ModelInput.Tensors _ -> out.println("ask=none");
        }
        out.println("ready=yes");
        out.flush();
    }

    private static void say(PrintStream out, String kind, byte[] bytes) {
        out.println("ask=" + kind);
        out.println("bytes=" + Base64.getEncoder().encodeToString(bytes));
    }
}
