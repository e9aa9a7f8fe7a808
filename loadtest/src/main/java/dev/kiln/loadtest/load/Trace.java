package dev.kiln.loadtest.load;

import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.Moments;
import dev.kiln.loadtest.traffic.PairDeck;
import dev.kiln.loadtest.traffic.Wording;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A recorded trace: a line for each request, `OFFSET_MS[,VALIDATOR[,SENTENCES]]`, ascending; `#` begins a remark.
///
/// @param moments in their order
public record Trace(List<Moments.Moment> moments) {
    private static final int MOST_NAMED = 20;
    private static final int MOST_LINES = 10_000_000;
    private static final Pattern LINE =
            Pattern.compile("([0-9]{1,10}(?:\\.[0-9]{1,6})?)(?:,([0-9]{1,6})(?:,([0-9]{1,3}))?)?");

    public Trace {
        moments = List.copyOf(moments);
    }

    /// Reads one.
    ///
    /// @throws IOException if lines are broken; the message names every one of them, up to a bound
    public static Trace read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no trace file " + file, e);
        } catch (MalformedInputException e) {
            throw new IOException("%s is no text in UTF-8".formatted(file), e);
        }
        if (lines.size() > MOST_LINES) {
            throw new IOException("%s has more than %d lines".formatted(file, MOST_LINES));
        }
        List<Moments.Moment> moments = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        double last = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.add(
                        "line %d: \"%s\" is not OFFSET_MS[,VALIDATOR[,SENTENCES]]"
                                .formatted(i + 1, shortened(line)));
                continue;
            }
            Moments.Moment moment = moment(matcher);
            if (moment.seconds() < last) {
                problems.add(
                        "line %d: %s ms is before the line above"
                                .formatted(i + 1, matcher.group(1)));
            }
            last = moment.seconds();
            moments.add(moment);
        }
        if (problems.isEmpty() && moments.isEmpty()) {
            problems.add("it holds no request");
        }
        if (!problems.isEmpty()) {
            throw new IOException(message(file, problems));
        }
        return new Trace(moments);
    }

    private static Moments.Moment moment(Matcher matcher) {
        return new Moments.Moment(
                Double.parseDouble(matcher.group(1)) / 1e3,
                matcher.group(2) == null ? Moments.ANYBODY : Integer.parseInt(matcher.group(2)),
                matcher.group(3) == null ? Moments.ANY_LENGTH : Integer.parseInt(matcher.group(3)));
    }

    private static String shortened(String line) {
        return line.length() > 40 ? line.substring(0, 40) + "…" : line;
    }

    private static String message(Path file, List<String> problems) {
        StringBuilder text =
                new StringBuilder(
                        "%s: %d problem%s, nothing was sent"
                                .formatted(file, problems.size(), problems.size() == 1 ? "" : "s"));
        problems.stream().limit(MOST_NAMED).forEach(each -> text.append("\n  ").append(each));
        if (problems.size() > MOST_NAMED) {
            text.append("\n  and %d more".formatted(problems.size() - MOST_NAMED));
        }
        return text.toString();
    }

    /// Writes what would be sent as a trace.
    ///
    /// @param callers how many validators ask
    /// @throws IOException naming the file, if it cannot be written
    public static void write(Traffic traffic, int callers, Path file) throws IOException {
        StringBuilder text = new StringBuilder("# OFFSET_MS,VALIDATOR\n");
        traffic.timetable(
                        lengths -> new PairDeck(Pairs.load(), lengths, Wording.embeddings("")),
                        callers)
                .forEachRemaining(send ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "%.3f,%d%n",
                                        send.offsetNanos() / 1e6,
                                        send.caller())));
        LoadFiles.text(file, text.toString());
    }

    /// How long it takes to replay, in seconds: all of its moments lie before.
    public double seconds() {
        return moments.getLast().seconds() + 1e-3;
    }

    /// Requests per second.
    public double meanRate() {
        return moments.size() / seconds();
    }

    /// Its moments, whatever the random.
    public Moments.Source source() {
        return _ ->
                new Moments() {
                    private int at;

                    @Override
                    public Moment next() {
                        return at < moments.size() ? moments.get(at++) : Moment.NEVER;
                    }
                };
    }
}
