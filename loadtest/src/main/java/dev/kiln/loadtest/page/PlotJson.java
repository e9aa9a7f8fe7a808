package dev.kiln.loadtest.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the page's script draws, as JSON that cannot end the element it stands in.
final class PlotJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PlotJson() {}

    static String of(List<Plot> plots) {
        Map<String, Plot.Drawing> drawings = new LinkedHashMap<>();
        plots.forEach(plot -> drawings.put(plot.id(), plot.drawing()));
        try {
            return JSON.writeValueAsString(drawings)
                    .replace("<", "\\u003c")
                    .replace(">", "\\u003e")
                    .replace("&", "\\u0026")
                    .replace("\u2028", "\\u2028")
                    .replace("\u2029", "\\u2029");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and texts have a JSON form", e);
        }
    }
}
