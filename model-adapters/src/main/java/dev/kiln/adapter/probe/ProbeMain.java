package dev.kiln.adapter.probe;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.adapter.onnx.Cuda;
import dev.kiln.adapter.onnx.GoldenProduct;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.natives.DeviceWish;
import dev.kiln.natives.GpuNodes;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Multiplies two known matrices on a device, loads a model there, lets it compute its golden samples, and prints what it
/// found as `key=value` lines, for
/// `dev.kiln.natives.DeviceProbe`. Meant to run as a child process, which a crashing native library may kill.
///
/// Arguments: device, cache folder, and a model's source (`embedded:minilm` if left out).
/// Exit codes: 0 proved, 1 not, 2 wrong arguments.
public final class ProbeMain {
    private ProbeMain() {}

    public static void main(String[] args) {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) {
        if (args.length < 2 || args.length > 3) {
            out.println("error=usage: ProbeMain DEVICE CACHE-FOLDER [SOURCE]");
            return 2;
        }
        String source = args.length == 3 ? args[2] : ModelSettings.EMBEDDED_MINILM;
        var settings =
                new ModelSettings("probe", source, ModelSettings.DEFAULT_MAX_TOKENS, args[0], 1);
        Path cache = Path.of(args[1]);
        boolean tryGpu = args[0].equals("auto") && Cuda.inBuild() && !GpuNodes.here().isEmpty();
        if (tryGpu) {
            if (probe(settings.on("cuda:0"), cache, out, "fallback=") == 0) {
                return 0;
            }
        }
        return probe(settings, cache, out, "error=");
    }

    private static int probe(
            ModelSettings settings, Path cache, PrintStream out, String problemKey) {
        long start = System.nanoTime();
        try {
            DeviceWish device = DeviceWish.parse(settings.device()).orElseThrow();
            String at = device.insistsOnGpu() ? device.gpu() : "cpu";
            var product = GoldenProduct.compute(at);
            out.println("product_on=" + product.placement().device());
            out.println("product_us=" + product.micros());
            return probeModel(settings, cache, out, start);
        } catch (ModelLoadException | ModelFault e) {
            out.println(problemKey + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
            return 1;
        }
    }

    /// The model's own golden samples.
    private static int probeModel(ModelSettings settings, Path cache, PrintStream out, long start)
            throws ModelLoadException {
        try (var model = Models.openHere(settings, cache)) {
            print(out, model.info());
            out.println("load_ms=" + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            printMemory(out);
            return model.info().device().proved().equals("none") ? 1 : 0;
        }
    }

    private static void printMemory(PrintStream out) {
        long now = ProcessMemory.residentMb();
        out.println("resident_mb=" + (now < 0 ? "unknown" : Long.toString(now)));
        if (ProcessMemory.peakMb() >= 0) {
            out.println("peak_resident_mb=" + ProcessMemory.peakMb());
        }
    }

    private static void print(PrintStream out, ModelInfo info) {
        int dash = info.engine().indexOf('-');
        out.println("runtime=" + info.engine().substring(0, dash));
        out.println("version=" + info.engine().substring(dash + 1));
        out.println("requested=" + info.device().requested());
        out.println("active=" + info.device().active());
        out.println("proved=" + info.device().proved());
        out.println("percent=" + info.device().percent());
        out.println("model_sha256=" + info.sha256());
        out.println("purpose=" + info.purpose());
    }
}
