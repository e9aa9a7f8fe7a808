package dev.kiln.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kiln.server.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The operator's port: bearer token, JSON in, lines of JSON out, progress first and the answer last.
///
/// It is the JDK's own small server on threads of its own, so that nothing here can hold up a caller.
///
/// **Threads:** one platform thread for each question, at most [#MOST_CONNECTIONS]: a nice thread that loads for it wakes
/// it, and must start no carrier of virtual threads.
public final class AdminServer implements AutoCloseable {
    /// Where a server says how to reach it; in the state folder.
    static final String ADDRESS_FILE = "admin.url";

    static final String TOKEN_FILE = "admin.token";
    static final String ROOT = "/admin/v1/";

    private static final System.Logger LOG = System.getLogger(AdminServer.class.getName());
    private static final int LARGEST_BODY = 64 << 10;
    private static final int BACKLOG = 16;
    private static final int MOST_CONNECTIONS = 32;

    private final HttpServer server;
    private final ExecutorService threads;
    private final AdminApi api;
    private final AdminToken token;
    private final Path addressFile;

    private AdminServer(HttpServer server, AdminApi api, AdminToken token, Path addressFile) {
        this.server = server;
        this.threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().daemon().name("admin-", 0).factory());
        this.api = api;
        this.token = token;
        this.addressFile = addressFile;
    }

    /// Listens, and writes down where.
    ///
    /// @param state folder of the address, and of the token where the configuration names none
    public static AdminServer start(Config.Admin settings, Path state, AdminApi api)
            throws IOException {
        // Read once by the JDK's server; slow or idle connections are none of an operator's.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.idleInterval", "10");
        System.setProperty("jdk.httpserver.maxConnections", Integer.toString(MOST_CONNECTIONS));
        var token =
                AdminToken.open(
                        settings.token().orElse(state.resolve(TOKEN_FILE)),
                        settings.token().isEmpty());
        var address =
                new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
        HttpServer server = HttpServer.create(address, BACKLOG);
        if (!address.getAddress().isLoopbackAddress()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the admin port listens on %s: whoever reaches it and holds the token swaps models; its traffic is not encrypted"
                            .formatted(settings.host()));
        }
        var admin = new AdminServer(server, api, token, state.resolve(ADDRESS_FILE));
        server.createContext("/", admin::exchange);
        server.setExecutor(admin.threads);
        server.start();
        admin.writeAddress();
        LOG.log(System.Logger.Level.INFO, "admin at " + admin.url());
        return admin;
    }

    /// Where it listens.
    String url() {
        InetSocketAddress at = server.getAddress();
        String host = at.getAddress().isAnyLocalAddress() ? "127.0.0.1" : at.getHostString();
        return "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, at.getPort());
    }

    /// Ends at once: what was being told is cut off.
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        try {
            // Another server may have taken the folder over meanwhile.
            if (Files.readString(addressFile).equals(AdminAddress.own(url()).text())) {
                Files.delete(addressFile);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the admin address stays in its file", e);
        }
    }

    private void writeAddress() throws IOException {
        Path written = addressFile.resolveSibling(ADDRESS_FILE + ".new");
        Files.writeString(written, AdminAddress.own(url()).text());
        Files.move(written, addressFile, StandardCopyOption.REPLACE_EXISTING);
    }

    private void exchange(HttpExchange exchange) throws IOException {
        try (exchange) {
            String authorization =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                            .orElse("");
            if (!token.matches(authorization)) {
                say(exchange, 401, "the token of admin.token is needed: Authorization: Bearer …");
                return;
            }
            String path = exchange.getRequestURI().getRawPath();
            if (!path.startsWith(ROOT)) {
                say(exchange, 404, "no such path; there is " + ROOT + "models");
                return;
            }
            if (!exchange.getRequestMethod().equals("POST")) {
                say(exchange, 405, "POST a JSON object, {} where there is nothing to say");
                return;
            }
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readNBytes(LARGEST_BODY + 1);
            }
            if (body.length > LARGEST_BODY) {
                say(exchange, 413, "a body has at most 64 KiB");
                return;
            }
            answer(exchange, path.substring(ROOT.length()), body);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "an admin question failed", bug);
        }
    }

    private void answer(HttpExchange exchange, String path, byte[] body)
            throws IOException, InterruptedException {
        JsonNode asked;
        try {
            asked = AdminApi.JSON.readTree(body);
        } catch (IOException e) {
            say(exchange, 400, "the body is no JSON: " + e.getMessage());
            return;
        }
        var out = new Lines(exchange);
        Optional<ObjectNode> answer =
                api.answer(path, asked, text -> out.write(line("progress", text)));
        if (answer.isEmpty()) {
            say(exchange, 404, "no such path");
            return;
        }
        out.write(answer.get());
    }

    private static void say(HttpExchange exchange, int status, String reason) throws IOException {
        byte[] body = bytes(line("reason", reason).put("ok", false));
        exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static ObjectNode line(String field, String text) {
        return AdminApi.JSON.createObjectNode().put(field, text);
    }

    private static byte[] bytes(ObjectNode line) {
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /// Lines as they come. A listener that left is no reason to stop a change half-way.
    private static final class Lines {
        private final HttpExchange exchange;
        private boolean begun;
        private boolean left;

        Lines(HttpExchange exchange) {
            this.exchange = exchange;
        }

        void write(ObjectNode line) {
            if (left) {
                return;
            }
            try {
                if (!begun) {
                    begun = true;
                    exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
                    exchange.sendResponseHeaders(200, 0);
                }
                OutputStream out = exchange.getResponseBody();
                out.write(bytes(line));
                out.flush();
            } catch (IOException | UncheckedIOException e) {
                left = true;
                LOG.log(System.Logger.Level.DEBUG, "nobody listens any more", e);
            }
        }
    }
}
