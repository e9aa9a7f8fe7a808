package dev.kiln.loadtest.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real headless Chromium, spoken to over its DevTools protocol.
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_S = 120;

    private final Process process;
    private final HttpClient client;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();
    private @Nullable WebSocket socket;
    private String session = "";

    private Browser(Process process, HttpClient client) {
        this.process = process;
        this.client = client;
    }

    /// The browser's program, if this machine has one.
    static Optional<Path> program() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser start(Path program, Path profile) throws Exception {
        Process process =
                new ProcessBuilder(
                                program.toString(),
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + profile,
                                "about:blank")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        var browser = new Browser(process, HttpClient.newHttpClient());
        browser.connect(browser.address());
        return browser;
    }

    private String address() throws Exception {
        BufferedReader lines = process.errorReader(StandardCharsets.UTF_8);
        var found = new CompletableFuture<String>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        for (String line = lines.readLine();
                                line != null;
                                line = lines.readLine()) {
                            if (line.startsWith("DevTools listening on ")) {
                                found.complete(line.substring("DevTools listening on ".length()));
                            }
                        }
                        found.completeExceptionally(new IOException("the browser ended"));
                    } catch (IOException e) {
                        found.completeExceptionally(e);
                    }
                });
        return found.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    private void connect(String address) throws Exception {
        socket =
                client.newWebSocketBuilder()
                        .buildAsync(URI.create(address), new Listener())
                        .get(PATIENCE_S, TimeUnit.SECONDS);
        String target =
                send("Target.createTarget", Map.of("url", "about:blank")).path("targetId").asText();
        session =
                send("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                        .path("sessionId")
                        .asText();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            send(domain + ".enable", Map.of());
        }
    }

    /// Collects whole messages.
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                take(whole);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void take(String message) {
        try {
            JsonNode json = JSON.readTree(message);
            if (json.has("id")) {
                CompletableFuture<JsonNode> future = waiting.remove(json.path("id").asInt());
                if (future != null) {
                    future.complete(json);
                }
                return;
            }
            JsonNode params = json.path("params");
            switch (json.path("method").asText()) {
                case "Page.loadEventFired" -> loaded.complete(null);
                case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded" ->
                        complaints.add(params.toString());
                case "Network.requestWillBeSent" -> {
                    String url = params.path("request").path("url").asText();
                    if (!url.startsWith("file:") && !url.startsWith("about:")) {
                        complaints.add("fetched " + url);
                    }
                }
                default -> {}
            }
        } catch (IOException e) {
            complaints.add("unreadable: " + message);
        }
    }

    JsonNode send(String method, Map<String, Object> params) throws Exception {
        int id = ids.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        waiting.put(id, answer);
        var message =
                new LinkedHashMap<String, Object>(
                        Map.of("id", id, "method", method, "params", params));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        Objects.requireNonNull(socket)
                .sendText(JSON.writeValueAsString(message), true)
                .get(PATIENCE_S, TimeUnit.SECONDS);
        JsonNode json = answer.get(PATIENCE_S, TimeUnit.SECONDS);
        if (json.has("error")) {
            throw new IOException(method + ": " + json.path("error"));
        }
        return json.path("result");
    }

    /// Opens a file and returns once it is loaded, its scripts have run and a frame was drawn.
    ///
    /// @return milliseconds from the navigation's start to the end of the load event
    double open(Path file) throws Exception {
        navigate(file);
        evaluate(
                "document.readyState === 'complete' || new Promise(done => addEventListener('load', () => setTimeout(() => done(1))))");
        evaluate(FRAMES);
        return evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd").asDouble();
    }

    /// Opens a file and returns once it is loaded.
    void navigate(Path file) throws Exception {
        loaded = new CompletableFuture<>();
        send("Page.navigate", Map.of("url", file.toUri().toString()));
        loaded.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    private static final String FRAMES =
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))";

    JsonNode evaluate(String script) throws Exception {
        JsonNode result =
                send(
                        "Runtime.evaluate",
                        Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new IOException(script + ": " + result.path("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    void size(int width, int height) throws Exception {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 600));
    }

    /// @param media `screen` or `print`
    /// @param scheme `light` or `dark`
    void media(String media, String scheme) throws Exception {
        send(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "media",
                        media,
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        evaluate(FRAMES);
    }

    void scripts(boolean on) throws Exception {
        send("Emulation.setScriptExecutionDisabled", Map.of("value", !on));
    }

    /// The whole page as a picture.
    void picture(Path file) throws Exception {
        JsonNode shot =
                send(
                        "Page.captureScreenshot",
                        Map.of("format", "png", "captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(shot.path("data").asText()));
    }

    byte[] pdf() throws Exception {
        return Base64.getDecoder()
                .decode(
                        send(
                                        "Page.printToPDF",
                                        Map.of(
                                                "printBackground",
                                                true,
                                                "preferCSSPageSize",
                                                true,
                                                "paperWidth",
                                                8.27,
                                                "paperHeight",
                                                11.69))
                                .path("data")
                                .asText());
    }

    /// Everything that the page's console said or that it tried to fetch.
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /// Ends it and whatever it started, so that nothing writes into its profile any more.
    @Override
    public void close() {
        client.shutdownNow();
        List<ProcessHandle> all =
                Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().orTimeout(PATIENCE_S, TimeUnit.SECONDS).join());
    }
}
