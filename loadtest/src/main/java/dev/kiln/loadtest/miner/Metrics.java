package dev.kiln.loadtest.miner;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A page of metrics in Prometheus's text format, and differences of two.
public final class Metrics {
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "^([a-zA-Z_:][^#\\n]*) ([-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)$",
                    Pattern.MULTILINE);

    private final Map<String, Double> samples;

    private Metrics(Map<String, Double> samples) {
        this.samples = samples;
    }

    /// Reads a page; lines that are no samples are passed over.
    public static Metrics parse(String page) {
        Map<String, Double> samples = new LinkedHashMap<>();
        Matcher matcher = SAMPLE.matcher(page);
        while (matcher.find()) {
            samples.put(matcher.group(1), Double.valueOf(matcher.group(2)));
        }
        return new Metrics(samples);
    }

    /// Whether the page held no sample.
    public boolean isEmpty() {
        return samples.isEmpty();
    }

    /// Whether the page held this sample.
    public boolean has(String sample) {
        return samples.containsKey(sample);
    }

    /// The sum over all samples of one name, whatever their labels; empty where there is none.
    public OptionalDouble sum(String name) {
        double sum = 0;
        boolean found = false;
        for (Map.Entry<String, Double> sample : samples.entrySet()) {
            if (sample.getKey().equals(name) || sample.getKey().startsWith(name + "{")) {
                sum += sample.getValue();
                found = true;
            }
        }
        return found ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    /// Mean microseconds that a stage took since an earlier page; 0 where nothing was counted.
    public double stageMicros(String stage, Metrics earlier) {
        double count = since(earlier, "kiln_stage_seconds_count{stage=\"%s\"}".formatted(stage));
        double sum = since(earlier, "kiln_stage_seconds_sum{stage=\"%s\"}".formatted(stage));
        return count == 0 ? 0 : sum / count * 1e6;
    }

    /// How much a sample grew since an earlier page.
    public double since(Metrics earlier, String sample) {
        return samples.getOrDefault(sample, 0.0) - earlier.samples.getOrDefault(sample, 0.0);
    }

    /// The sum over all samples of one name, whatever their labels.
    public double sumSince(Metrics earlier, String name) {
        double sum = 0;
        for (String sample : samples.keySet()) {
            if (sample.equals(name) || sample.startsWith(name + "{")) {
                sum += since(earlier, sample);
            }
        }
        return sum;
    }
}
