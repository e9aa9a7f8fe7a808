package dev.kiln.loadtest.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server that says the same to whatever comes.
public final class StubServer implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: ([0-9]{1,8})\r\n");

    private final ServerSocket server;
    private final byte[] said;

    /// @param status of every response
    /// @param body of every response
    public StubServer(int status, String body) throws IOException {
        this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        this.said =
                "HTTP/1.1 %d x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(status, body.length(), body)
                        .getBytes(ISO_8859_1);
        Thread.ofVirtual().start(this::accept);
    }

    /// Where it listens.
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                StringBuilder head = new StringBuilder();
                while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
                    int next = in.read();
                    if (next < 0) {
                        return;
                    }
                    head.append((char) next);
                    if (head.indexOf("\n\n", Math.max(0, head.length() - 2)) >= 0) {
                        break;
                    }
                }
                Matcher length = LENGTH.matcher(head);
                if (length.find()) {
                    in.skipNBytes(Math.min(in.available(), Integer.parseInt(length.group(1))));
                }
                socket.getOutputStream().write(said);
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            // The client has left.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
