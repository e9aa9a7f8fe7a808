package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir private Path root;

    @Test
    void factsComeFromTheSystemsFiles() throws IOException {
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: A Fast One\nmodel name\t: Another\n");
        write("proc/meminfo", "MemTotal:       24000000 kB\nMemFree: 1 kB\n");
        write("sys/fs/cgroup/memory.max", "1073741824\n");
        write("sys/fs/cgroup/cpu.max", "150000 100000\n");
        write(
                "proc/self/limits",
                "Max open files            1024                 524288               files\n");

        var machine = Machine.under(root);

        assertThat(machine.cpu()).isEqualTo("A Fast One");
        assertThat(machine.memoryBytes()).hasValue(24_576_000_000L);
        assertThat(machine.memoryLimitBytes()).hasValue(1L << 30);
        assertThat(machine.cpuLimit()).hasValue(1.5);
        assertThat(machine.openFiles()).hasValue(1024);
    }

    @Test
    void noLimitIsNotALimit() throws IOException {
        write("proc/meminfo", "MemTotal:       1000 kB\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/cpu.max", "max 100000\n");

        var machine = Machine.under(root);

        assertThat(machine.memoryLimitBytes()).isEmpty();
        assertThat(machine.cpuLimit()).isEmpty();
    }

    @Test
    void aSystemThatTellsNothingLeavesFactsEmpty() {
        var machine = Machine.under(root);

        assertThat(machine.cpu()).isEqualTo("unknown");
        assertThat(machine.memoryBytes()).isEmpty();
        assertThat(machine.openFiles()).isEmpty();
        assertThat(machine.cores()).isPositive();
        assertThat(machine.jvm()).contains("25");
    }

    @Test
    void thisMachineIsReadWithoutFault() {
        assertThat(Machine.here().system()).isNotBlank();
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
