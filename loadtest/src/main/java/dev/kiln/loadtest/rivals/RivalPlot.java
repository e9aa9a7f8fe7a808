package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.rivals.RivalRun.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A run as one picture that needs nothing beside it: bars of medians, a line from the least to the most.
final class RivalPlot {
    private static final List<Figure> SHOWN = List.of(Figure.PEAK, Figure.P99, Figure.GOODPUT);
    private static final int WIDTH = 980;
    private static final int PANEL = 300;
    private static final int NAMES = 92;
    private static final int ROW = 22;
    private static final int HEAD = 64;
    private static final String OURS = "#b4451f";
    private static final String THEIRS = "#5b7083";

    private final RivalRun run;
    private final StringBuilder svg = new StringBuilder();

    RivalPlot(RivalRun run) {
        this.run = run;
    }

    String svg() {
        List<String> models = run.models();
        int height = models.stream().mapToInt(this::height).sum() + 40;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">"
                        .formatted(WIDTH, height, WIDTH, height));
        add("<title>Kiln beside its rivals, %s</title>".formatted(run.date()));
        add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        int top = 0;
        for (String model : models) {
            model(model, top);
            top += height(model);
        }
        add(
                "<text x=\"12\" y=\"%d\" fill=\"#555555\">Bars are medians of the starts, lines reach from the least to the most.</text>"
                        .formatted(height - 10));
        return svg.append("</svg>\n").toString();
    }

    private List<Contender> systems(String model) {
        return Arrays.stream(Contender.values())
                .filter(each -> !run.of(each, model).isEmpty())
                .toList();
    }

    private int height(String model) {
        return HEAD + ROW * systems(model).size() + 16;
    }

    private void model(String model, int top) {
        List<Contender> systems = systems(model);
        add(
                "<text x=\"12\" y=\"%d\" font-size=\"15\" font-weight=\"bold\">%s</text>"
                        .formatted(top + 22, model));
        for (int i = 0; i < systems.size(); i++) {
            add(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                            .formatted(NAMES - 8, top + HEAD + ROW * i + 14, systems.get(i).id()));
        }
        for (int i = 0; i < SHOWN.size(); i++) {
            panel(model, systems, SHOWN.get(i), NAMES + i * PANEL, top);
        }
    }

    private void panel(String model, List<Contender> systems, Figure figure, int left, int top) {
        add(
                "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>"
                        .formatted(left, top + 40, figure.words()));
        add(
                "<text x=\"%d\" y=\"%d\" font-size=\"9\" fill=\"#555555\">%s</text>"
                        .formatted(left, top + 54, figure.unit()));
        List<Optional<Range>> ranges = new ArrayList<>();
        systems.forEach(each -> ranges.add(run.range(each, model, figure.of())));
        double most =
                ranges.stream().flatMap(Optional::stream).mapToDouble(Range::most).max().orElse(0);
        double scale = most > 0 ? (PANEL - 80) / most : 0;
        for (int i = 0; i < systems.size(); i++) {
            int y = top + HEAD + ROW * i;
            Contender system = systems.get(i);
            String colour = system.isKiln() || system == Contender.RAW ? OURS : THEIRS;
            ranges.get(i)
                    .ifPresentOrElse(
                            range -> bar(range, scale, left, y, colour),
                            () -> nothing(system, left, y));
        }
    }

    private void nothing(Contender system, int left, int y) {
        add(
                "<text x=\"%d\" y=\"%d\" fill=\"#555555\">%s</text>"
                        .formatted(left, y + 14, RivalText.none(system)));
    }

    private void bar(Range range, double scale, int left, int y, String colour) {
        add(
                "<rect x=\"%d\" y=\"%d\" width=\"%s\" height=\"14\" fill=\"%s\"/>"
                        .formatted(
                                left, y + 3, pixels(Math.max(1, range.median() * scale)), colour));
        add(
                "<line x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\" stroke=\"#222222\"/>"
                        .formatted(
                                pixels(left + range.least() * scale),
                                pixels(left + range.most() * scale),
                                y + 10,
                                y + 10));
        add(
                "<text x=\"%s\" y=\"%d\">%s</text>"
                        .formatted(
                                pixels(left + range.most() * scale + 6),
                                y + 14,
                                RivalText.number(range.median())));
    }

    private static String pixels(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private void add(String shape) {
        svg.append(shape).append('\n');
    }
}
