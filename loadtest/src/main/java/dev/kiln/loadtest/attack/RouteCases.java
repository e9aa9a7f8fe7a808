package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.TASK_BAD_INPUT;
import static dev.kiln.core.Refusal.TASK_BAD_METHOD;
import static dev.kiln.core.Refusal.TASK_UNKNOWN;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/// The right request at the wrong place, which a lenient reader takes for the right one. All are signed as they stand.
final class RouteCases {
    private static final String TWO_READERS =
            "a proxy and a server that read a path differently guard different doors";

    private RouteCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.ROUTE).inAny();
        path(row, "route-encoded-slash", "an encoded slash", path -> "/%2F" + path.substring(1));
        path(row, "route-encoded", "an encoded letter", RouteCases::encoded);
        path(row, "route-encoded-twice", "an encoded percent", path -> path + "%252e");
        path(row, "route-double-slash", "two slashes", path -> "/" + path);
        path(row, "route-dot", "a dot segment", path -> "/." + path);
        path(row, "route-dots", "two dots and back again", path -> "/x/.." + path);
        path(row, "route-slash-end", "a slash at the end", path -> path + "/");
        path(row, "route-case", "upper case", path -> path.toUpperCase(Locale.ROOT));
        path(row, "route-semicolon", "path parameters", path -> path + ";x=1");
        path(row, "route-backslash", "a backslash", path -> "\\" + path.substring(1));
        path(row, "route-nul", "an encoded NUL", path -> path + "%00");
        path(row, "route-absolute", "the absolute form", path -> "http://kiln" + path);
        path(row, "route-other-host", "the absolute form of another host", RouteCases::elsewhere);
        path(row, "route-fragment", "a fragment", path -> path + "#x");
        path(row, "route-star", "a star", _ -> "*");
        path(row, "route-none", "nothing that is served", _ -> "/admin");
        method(row, "method-delete", "DELETE");
        method(row, "method-put", "PUT");
        method(row, "method-patch", "PATCH");
        method(row, "method-trace", "TRACE");
        method(row, "method-options", "OPTIONS");
        method(row, "method-lower", "post");
        row.row(
                "method-response",
                Expected.refused(TASK_BAD_METHOD, TASK_BAD_INPUT),
                "RESPONSE/1, an answer's own method",
                "an answer must never come back as a request",
                scene -> scene.ask(scene.sign(scene.honest().method("RESPONSE/1"))));
        row.row(
                "method-connect",
                Expected.refused(TASK_UNKNOWN, TASK_BAD_METHOD, TASK_BAD_INPUT),
                "CONNECT elsewhere",
                "a miner is nobody's proxy",
                scene -> scene.ask(scene.honest().method("CONNECT").target("127.0.0.1:22")));
        return row.rows();
    }

    private static void path(Row row, String name, String sent, UnaryOperator<String> bent) {
        row.add(
                name,
                TASK_UNKNOWN,
                sent,
                TWO_READERS,
                scene -> {
                    Request honest = scene.honest();
                    return scene.ask(scene.sign(honest.target(bent.apply(honest.target()))));
                });
    }

    private static String encoded(String path) {
        char second = path.charAt(1);
        return "/%" + Integer.toHexString(second) + path.substring(2);
    }

    private static String elsewhere(String path) {
        return "http://127.0.0.1:22" + path;
    }

    private static void method(Row row, String name, String method) {
        row.add(
                name,
                TASK_BAD_METHOD,
                method,
                "a method that a guard does not know may pass it",
                scene -> scene.ask(scene.sign(scene.honest().method(method))));
    }
}
