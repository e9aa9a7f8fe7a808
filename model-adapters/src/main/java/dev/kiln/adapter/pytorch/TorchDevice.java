package dev.kiln.adapter.pytorch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelFault;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Devices by our names and by DJL's, and what PyTorch itself tells of them. **No GPU has been seen by this yet.**
final class TorchDevice {
    private TorchDevice() {}

    /// The device of a name, which this process's PyTorch must be able to use. The library is loaded.
    ///
    /// @param name `cpu`, or `cuda:0` and the like
    /// @throws ModelFault if it is a GPU, and the library was built without CUDA or finds none
    static Device usable(String name) throws ModelFault {
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        if (!Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA)) {
            throw new ModelFault(
                    "PyTorch's native library has no CUDA here, so it cannot use %s; use cpu or auto, or an image built with TORCH=cuda"
                            .formatted(name));
        }
        return Device.gpu(Integer.parseInt(name.substring(name.indexOf(':') + 1)));
    }

    static String name(Device device) {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }

    /// How many elements of some arrays lie on each device, as PyTorch tells of each array.
    static Map<Device, Long> elements(Iterable<NDArray> arrays) {
        Map<Device, Long> elements = new HashMap<>();
        arrays.forEach(array -> elements.merge(array.getDevice(), array.size(), Long::sum));
        return elements;
    }

    /// Where a module computes: where most of its parameters lie, with their share, or, of a module without any, where
    /// its last output lay.
    ///
    /// @param parameters elements on each device
    /// @param output the device of the last output; null before the first
    /// @param asked for which it was loaded
    static Placement placement(
            Map<Device, Long> parameters, @Nullable Device output, Device asked) {
        long all = parameters.values().stream().mapToLong(Long::longValue).sum();
        if (all == 0) {
            Device at = output == null ? asked : output;
            boolean seen = output != null && output.isGpu();
            return new Placement(name(at), seen ? 100 : Placement.UNKNOWN);
        }
        var most = parameters.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        int percent = (int) (100 * most.getValue() / all);
        // What a processor's share is, nobody asks.
        return new Placement(
                name(most.getKey()), most.getKey().isGpu() ? percent : Placement.UNKNOWN);
    }
}
