package dev.kiln.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The files by which a system lets a process reach NVIDIA's GPUs.
public final class GpuNodes {
    private GpuNodes() {}

    /// Those that exist here, whether they may be used or not.
    public static List<Path> here() {
        return under(Path.of("/dev"));
    }

    /// @param folder `/dev`, or what stands for it
    static List<Path> under(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> isNode(String.valueOf(file.getFileName()))).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// How many GPUs they stand for, one each: no process sees more, whatever its environment hides.
    static long gpus(List<Path> nodes) {
        return nodes.stream()
                .filter(node -> String.valueOf(node.getFileName()).matches("nvidia[0-9]+"))
                .count();
    }

    private static boolean isNode(String name) {
        return name.matches("nvidia[0-9]+|nvidiactl|nvidia-uvm|dxg");
    }
}
