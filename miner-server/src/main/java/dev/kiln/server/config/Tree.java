package dev.kiln.server.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// YAML as maps, lists and plain text: no scalar is ever guessed to be a number, a date or a truth value.
final class Tree {
    private static final int DEEPEST = 10;
    private static final int LARGEST_CHARS = 16 << 20;

    private Tree() {}

    /// The document as a tree of `Map<String, Object>`, `List<Object>` and `String`; an empty file is an empty map.
    static Object parse(String yaml, Problems problems) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(0);
        options.setCodePointLimit(LARGEST_CHARS);
        try {
            @Nullable Node root = new Yaml(options).compose(new StringReader(yaml));
            return root == null ? new LinkedHashMap<String, Object>() : read(root, "", 0, problems);
        } catch (MarkedYAMLException e) {
            problems.add("", "line %d: %s".formatted(line(e), Text.quoted(e.getProblem())));
        } catch (YAMLException e) {
            problems.add("", "not YAML: " + Text.quoted(String.valueOf(e.getMessage())));
        }
        return new LinkedHashMap<String, Object>();
    }

    private static int line(MarkedYAMLException e) {
        return e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
    }

    private static Object read(Node node, String place, int depth, Problems problems) {
        if (depth > DEEPEST) {
            problems.add(place, "is nested too deeply");
            return "";
        }
        return switch (node) {
            case MappingNode mapping -> map(mapping, place, depth, problems);
            case SequenceNode sequence -> list(sequence, place, depth, problems);
            case ScalarNode scalar -> scalar.getValue();
            default -> {
                problems.add(place, "anchors and aliases are not read here");
                yield "";
            }
        };
    }

    private static Map<String, Object> map(
            MappingNode mapping, String place, int depth, Problems problems) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            String at = place.isEmpty() ? key : place + "." + key;
            if (map.put(key, read(tuple.getValueNode(), at, depth + 1, problems)) != null) {
                int line = tuple.getKeyNode().getStartMark().getLine() + 1;
                problems.add(at, "is given twice, again in line " + line);
            }
        }
        return map;
    }

    private static List<Object> list(
            SequenceNode sequence, String place, int depth, Problems problems) {
        List<Object> list = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            list.add(read(item, place + "[" + list.size() + "]", depth + 1, problems));
        }
        return list;
    }
}
