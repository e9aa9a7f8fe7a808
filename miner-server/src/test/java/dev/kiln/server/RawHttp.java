package dev.kiln.server;

import dev.kiln.bittensor.wire.Answer;
import dev.kiln.core.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A client that sends exactly the bytes it is told to, which no polite library would.
final class RawHttp implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final List<String> chunks = new ArrayList<>();
    private final List<Header> trailers = new ArrayList<>();

    RawHttp(int port) throws IOException {
        this(port, 0);
    }

    /// @param window bytes that the network keeps for this client until it reads them; 0 for the usual
    RawHttp(int port, int window) throws IOException {
        this.socket = new Socket();
        if (window > 0) {
            socket.setReceiveBufferSize(window);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /// One request on a connection of its own.
    static Answer ask(int port, String method, String target, List<Header> headers, byte[] body)
            throws IOException {
        try (var http = new RawHttp(port)) {
            http.send(method, target, headers, body);
            return http.answer();
        }
    }

    /// One request on a connection of its own, its bytes as given.
    static Answer ask(int port, String head) throws IOException {
        try (var http = new RawHttp(port)) {
            http.send(head);
            return http.answer();
        }
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void send(String method, String target, List<Header> headers, byte[] body) throws IOException {
        StringBuilder head =
                new StringBuilder("%s %s HTTP/1.1\r\nHost: kiln\r\n".formatted(method, target));
        for (Header header : headers) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        if (body.length > 0) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        var all = new ByteArrayOutputStream();
        all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(body);
        send(all.toByteArray());
    }

    Answer answer() throws IOException {
        return answer(true);
    }

    /// Reads one answer.
    ///
    /// @param withBody false after HEAD, whose answer states a length and has none
    Answer answer(boolean withBody) throws IOException {
        String[] status = line().split(" ", 3);
        List<Header> headers = new ArrayList<>();
        int length = 0;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] field = line.split(": ?", 2);
            headers.add(new Header(field[0], field[1]));
            if (field[0].equalsIgnoreCase("Content-Length")) {
                length = Integer.parseInt(field[1]);
            }
            chunked |= field[0].equalsIgnoreCase("Transfer-Encoding");
        }
        byte[] body = chunked ? chunked() : in.readNBytes(withBody ? length : 0);
        headers.addAll(trailers);
        return new Answer(Integer.parseInt(status[1]), headers, body);
    }

    /// Reads the head and the first chunk of an answer, and leaves the rest.
    void firstChunk() throws IOException {
        while (!line().isEmpty()) {
            // the head
        }
        in.readNBytes(Integer.parseInt(line(), 16));
    }

    /// What else comes until the server closes its side.
    String rest() throws IOException {
        var rest = new ByteArrayOutputStream();
        try {
            in.transferTo(rest);
        } catch (java.net.SocketException _) {
            // closed all the same
        }
        return rest.toString(StandardCharsets.ISO_8859_1);
    }

    /// The chunks of the answer read last.
    List<String> chunks() {
        return List.copyOf(chunks);
    }

    /// The fields behind its body, which stand among its headers too.
    List<Header> trailers() {
        return List.copyOf(trailers);
    }

    private byte[] chunked() throws IOException {
        chunks.clear();
        trailers.clear();
        var body = new ByteArrayOutputStream();
        while (true) {
            byte[] chunk = in.readNBytes(Integer.parseInt(line(), 16));
            if (chunk.length == 0) {
                break;
            }
            line();
            chunks.add(new String(chunk, StandardCharsets.UTF_8));
            body.writeBytes(chunk);
        }
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] field = line.split(": ?", 2);
            trailers.add(new Header(field[0], field[1]));
        }
        return body.toByteArray();
    }

    /// Whether the server has closed its side; waits for that.
    boolean ended() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException _) {
            return true;
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the server closed after: " + line);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
