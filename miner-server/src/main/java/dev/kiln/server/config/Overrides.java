package dev.kiln.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lays `--set key=value` over a tree: a dotted path, list places in brackets, `models[0].batch.max-linger=2ms`.
final class Overrides {
    private static final Pattern STEP = Pattern.compile("([a-z0-9-]+)(?:\\[([0-9]{1,3})])?");

    private final Map<String, Object> root;
    private final Problems problems;

    Overrides(Map<String, Object> root, Problems problems) {
        this.root = root;
        this.problems = problems;
    }

    void apply(List<String> sets) {
        for (String set : sets) {
            int equals = set.indexOf('=');
            if (equals < 1) {
                problems.add("--set", set, "must be key=value");
                continue;
            }
            apply(set.substring(0, equals).strip(), set.substring(equals + 1).strip());
        }
    }

    private void apply(String key, String value) {
        Map<String, Object> at = root;
        String[] steps = key.split("\\.", -1);
        for (int i = 0; i < steps.length; i++) {
            Matcher step = STEP.matcher(steps[i]);
            if (!step.matches()) {
                problems.add(
                        "--set " + key, "must be a dotted path like models[0].batch.max-items");
                return;
            }
            boolean last = i == steps.length - 1;
            if (step.group(2) != null) {
                List<Object> list = list(at, step.group(1));
                int index = Integer.parseInt(step.group(2));
                if (index > list.size() || (index < list.size() && last)) {
                    problems.add(
                            "--set " + key,
                            last
                                    ? "names a whole list entry; set one of its keys"
                                    : "the list has only %d entries".formatted(list.size()));
                    return;
                }
                if (index == list.size()) {
                    list.add(new LinkedHashMap<String, Object>());
                }
                at = map(list.get(index));
            } else if (last) {
                at.put(step.group(1), value);
            } else {
                at = map(at.computeIfAbsent(step.group(1), _ -> new LinkedHashMap<>()));
            }
        }
    }

    @SuppressWarnings("unchecked") // Tree makes no other lists
    private static List<Object> list(Map<String, Object> at, String key) {
        Object value = at.computeIfAbsent(key, Defaults::listOf);
        return value instanceof List<?> list ? (List<Object>) list : new ArrayList<>();
    }

    @SuppressWarnings("unchecked") // Tree makes no other maps
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : new LinkedHashMap<>();
    }
}
