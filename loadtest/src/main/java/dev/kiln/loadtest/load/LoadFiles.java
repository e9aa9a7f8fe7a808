package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.LoadJson;
import dev.kiln.loadtest.report.LoadRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/// Where a run's result is written: JSON, CSV by the second, HdrHistogram's log.
///
/// @param json whole report; `-` is standard output
/// @param csv one line a second
/// @param hlog one histogram a second
public record LoadFiles(Optional<Path> json, Optional<Path> csv, Optional<Path> hlog) {
    private static final Path STDOUT = Path.of("-");

    /// Fails before a run rather than after it: every file must be writable.
    ///
    /// @throws IOException naming the first that is not
    public void require() throws IOException {
        for (Optional<Path> file : List.of(json, csv, hlog)) {
            if (file.isPresent() && !file.get().equals(STDOUT)) {
                boolean fresh = !Files.exists(file.get());
                write(file.get(), () -> "", StandardOpenOption.APPEND);
                if (fresh) {
                    Files.deleteIfExists(file.get());
                }
            }
        }
    }

    /// Writes everything that was asked for.
    void write(LoadRun run, @Nullable Chronicle chronicle) throws IOException {
        if (json.isPresent()) {
            if (json.get().equals(STDOUT)) {
                System.out.print(LoadJson.write(run));
                System.out.flush();
            } else {
                write(json.get(), () -> LoadJson.write(run), StandardOpenOption.TRUNCATE_EXISTING);
            }
        }
        if (csv.isPresent()) {
            write(csv.get(), () -> csv(run), StandardOpenOption.TRUNCATE_EXISTING);
        }
        if (hlog.isPresent() && chronicle != null) {
            write(hlog.get(), () -> hlog(run, chronicle), StandardOpenOption.TRUNCATE_EXISTING);
        }
    }

    /// Writes one file.
    ///
    /// @throws IOException naming the file and what to look at
    static void text(Path file, String text) throws IOException {
        write(file, () -> text, StandardOpenOption.TRUNCATE_EXISTING);
    }

    private interface Content {
        String text() throws IOException;
    }

    private static void write(Path file, Content content, StandardOpenOption how)
            throws IOException {
        try {
            Files.writeString(
                    file, content.text(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException(
                    "%s cannot be written (%s); is its folder there, is the disk full?"
                            .formatted(file, why),
                    e);
        }
    }

    private static String csv(LoadRun run) {
        StringBuilder text =
                new StringBuilder(
                        "s,offered,answered,good,refused,completed,p50_ms,p99_ms,batch,queue_ms,queued,cpu_share,memory_mb,gc_ms,heap_mb,native_mb\n");
        for (LoadRun.Second each : run.series()) {
            var line = new StringJoiner(",", "", "\n");
            line.add(Integer.toString(each.s()))
                    .add(Long.toString(each.offered()))
                    .add(Long.toString(each.answered()))
                    .add(Long.toString(each.good()))
                    .add(Long.toString(each.refused()))
                    .add(Long.toString(each.completed()))
                    .add(number(each.p50Ms()))
                    .add(number(each.p99Ms()));
            LoadRun.Sample sample = each.server();
            line.add(number(sample == null ? null : sample.batch()))
                    .add(number(sample == null ? null : sample.queueMs()))
                    .add(number(sample == null ? null : sample.queued()))
                    .add(number(sample == null ? null : sample.cpuShare()))
                    .add(number(sample == null ? null : sample.memoryMb()))
                    .add(number(sample == null ? null : sample.gcMs()))
                    .add(number(sample == null ? null : sample.heapMb()))
                    .add(number(sample == null ? null : sample.nativeMb()));
            text.append(line);
        }
        return text.toString();
    }

    private static String number(@Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
    }

    /// Corrected latencies in microseconds, one interval for each second of intended moments.
    private static String hlog(LoadRun run, Chronicle chronicle) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        var log = new HistogramLogWriter(out);
        long start = Instant.parse(run.setup().started()).toEpochMilli();
        log.outputLogFormatVersion();
        log.outputComment("[Latency in microseconds from the intended moment of sending]");
        log.outputStartTime(start);
        log.setBaseTime(start);
        log.outputLegend();
        try {
            for (LoadRun.Second each : run.series()) {
                Histogram histogram =
                        Histogram.decodeFromCompressedByteBuffer(
                                ByteBuffer.wrap(chronicle.histogram(each.s())), 1);
                histogram.setStartTimeStamp(start + 1000L * each.s());
                histogram.setEndTimeStamp(start + 1000L * (each.s() + 1));
                log.outputIntervalHistogram(histogram);
            }
        } catch (DataFormatException e) {
            throw new IOException("a histogram does not come back from its own form", e);
        }
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
