package dev.kiln.server.config;

import dev.kiln.server.config.Settled.Setting;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// One key that differs between what runs and what is wanted.
///
/// @param key dotted; models by their name: `models[minilm].source`
/// @param running what runs now; `-` where the key is not there
/// @param wanted what the file says
/// @param live whether it can be applied while serving
/// @param what is done to the model: `swap`, `add`, `remove`; empty where it is about none
public record ConfigChange(String key, String running, String wanted, boolean live, String what) {
    private static final String NOTHING = "-";

    /// Everything that differs.
    ///
    /// @param running what was read at the start
    /// @param models what answers now, which may have changed since
    public static List<ConfigChange> between(
            Settled running, List<Config.Model> models, Settled wanted) {
        List<ConfigChange> changes = new ArrayList<>();
        Set<String> keys = new LinkedHashSet<>(running.settings().keySet());
        keys.addAll(wanted.settings().keySet());
        for (String key : keys) {
            Setting now = running.settings().get(key);
            Setting then = wanted.settings().get(key);
            boolean same = now != null && then != null && now.value().equals(then.value());
            if (!key.startsWith("models[") && !same) {
                changes.add(
                        new ConfigChange(
                                key,
                                now == null ? NOTHING : now.text(),
                                then == null ? NOTHING : then.text(),
                                false,
                                ""));
            }
        }
        Set<String> bound = new LinkedHashSet<>();
        running.config().routes().forEach(route -> route.model().ifPresent(bound::add));
        changes.addAll(models(byName(models), byName(wanted.config().models()), bound));
        return changes;
    }

    /// The name of the model that this is about; empty where it is about none.
    public String model() {
        return what.isEmpty() ? "" : key.substring("models[".length(), key.indexOf(']'));
    }

    /// @param bound names that a route asks for, which stands until a restart
    private static List<ConfigChange> models(
            Map<String, Config.Model> running,
            Map<String, Config.Model> wanted,
            Set<String> bound) {
        List<ConfigChange> changes = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>(running.keySet());
        names.addAll(wanted.keySet());
        for (String name : names) {
            Config.Model now = running.get(name);
            Config.Model then = wanted.get(name);
            String key = "models[%s]".formatted(name);
            if (now != null && then != null) {
                changes.addAll(values(key, flat(now), flat(then)));
            } else if (then != null) {
                changes.add(new ConfigChange(key, NOTHING, then.source(), true, "add"));
            } else if (now != null) {
                boolean free = !bound.contains(name);
                changes.add(new ConfigChange(key, now.source(), NOTHING, free, "remove"));
            }
        }
        return changes;
    }

    private static List<ConfigChange> values(
            String key, Map<String, Object> now, Map<String, Object> then) {
        List<ConfigChange> changes = new ArrayList<>();
        now.forEach((name, value) -> {
            Object other = then.getOrDefault(name, NOTHING);
            if (!value.equals(other)) {
                changes.add(
                        new ConfigChange(key + "." + name, text(value), text(other), true, "swap"));
            }
        });
        return changes;
    }

    private static Map<String, Config.Model> byName(List<Config.Model> models) {
        Map<String, Config.Model> named = new LinkedHashMap<>();
        models.forEach(model -> named.put(model.name(), model));
        return named;
    }

    /// A record's values under the names that a file has for them.
    private static Map<String, Object> flat(Record part) {
        Map<String, Object> flat = new LinkedHashMap<>();
        try {
            for (RecordComponent component : part.getClass().getRecordComponents()) {
                String name =
                        component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
                Object value = component.getAccessor().invoke(part);
                if (value instanceof Record inner) {
                    flat(inner).forEach((key, each) -> flat.put(name + "." + key, each));
                } else {
                    flat.put(name, value);
                }
            }
            return flat;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this is a bug: a record hides its values", e);
        }
    }

    private static String text(Object value) {
        return value instanceof Duration duration ? Units.text(duration) : value.toString();
    }
}
