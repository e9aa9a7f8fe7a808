package dev.kiln.loadtest.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.loadtest.traffic.Received;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One connection on which anything at all can be written.
///
/// **Threads:** confined to one; a second may write while the first reads.
final class Wire implements AutoCloseable {
    private static final int LONGEST_HEAD = 256 << 10;
    private static final int LONGEST_BODY = 64 << 20;
    private static final int CONTINUE = 100;
    private static final int NO_CONTENT = 204;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final long deadline;

    private Wire(Socket socket, Duration patience) throws IOException {
        this.socket = socket;
        this.deadline = System.nanoTime() + patience.toNanos();
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /// @param patience longest wait for all that this connection has to say
    static Wire to(URI url, Duration patience) throws IOException {
        return to(url, patience, _ -> {});
    }

    /// Sets a socket up before it connects.
    @FunctionalInterface
    interface Setup {
        void of(Socket socket) throws IOException;
    }

    /// @param patience longest wait for all that this connection has to say
    static Wire to(URI url, Duration patience, Setup setup) throws IOException {
        var socket = new Socket();
        try {
            setup.of(socket);
            socket.setTcpNoDelay(true);
            int port = url.getPort() < 0 ? 80 : url.getPort();
            var address = new InetSocketAddress(InetAddress.getByName(url.getHost()), port);
            socket.connect(address, Math.toIntExact(patience.toMillis()));
            return new Wire(socket, patience);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    /// Sends, and forgives a server that has hung up meanwhile: what it said first can still be read.
    void offer(byte[] bytes) {
        try {
            send(bytes);
        } catch (IOException e) {
            // The reader finds out what the server said, if anything.
        }
    }

    /// What the server answers to what was sent.
    Outcome outcome() throws IOException {
        try {
            Received received = read();
            while (received.status() == CONTINUE) {
                received = read();
            }
            return Outcome.of(received);
        } catch (SocketTimeoutException e) {
            return new Outcome.Silent();
        } catch (IOException e) {
            return new Outcome.Closed();
        }
    }

    /// Whether the server ends the connection within the patience, reading and dropping whatever still comes.
    boolean ends() {
        try {
            while (true) {
                arm();
                if (in.read() < 0) {
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private void arm() throws IOException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("the patience is over");
        }
        socket.setSoTimeout(Math.toIntExact(left));
    }

    private Received read() throws IOException {
        String head = head();
        String[] lines = head.split("\r\n", -1);
        String[] words = lines[0].split(" ", 3);
        if (words.length < 2 || !words[1].matches("[1-9][0-9]{2}")) {
            throw new IOException("no HTTP response: " + lines[0]);
        }
        int status = Integer.parseInt(words[1]);
        List<Header> headers = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.add(
                        new Header(
                                lines[i].substring(0, colon),
                                lines[i].substring(colon + 1).strip()));
            }
        }
        var bare = new Received(status, List.copyOf(headers), new byte[0], 0);
        byte[] body = status < 200 || status == NO_CONTENT ? new byte[0] : body(bare);
        return new Received(status, bare.headers(), body, Time.SYSTEM.epochNanos());
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder(512);
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            head.append((char) one());
            if (head.length() > LONGEST_HEAD) {
                throw new IOException("a response head without end");
            }
        }
        return head.substring(0, head.length() - 4);
    }

    private int one() throws IOException {
        arm();
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the server hung up");
        }
        return next;
    }

    private byte[] body(Received head) throws IOException {
        String length = head.header("Content-Length").orElse("");
        if (length.matches("[0-9]{1,9}")) {
            return exactly(Integer.parseInt(length));
        }
        if (head.header("Transfer-Encoding").orElse("").equalsIgnoreCase("chunked")) {
            return chunks();
        }
        arm();
        return in.readNBytes(LONGEST_BODY);
    }

    private byte[] exactly(int length) throws IOException {
        if (length > LONGEST_BODY) {
            throw new IOException("a body of %d bytes".formatted(length));
        }
        arm();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the server hung up in the middle of its answer");
        }
        return bytes;
    }

    private byte[] chunks() throws IOException {
        var all = new ByteArrayOutputStream();
        while (true) {
            int size = chunkSize(line());
            all.writeBytes(exactly(size));
            line();
            if (size == 0) {
                return all.toByteArray();
            }
        }
    }

    private static int chunkSize(String line) throws IOException {
        String size = line.split(";", 2)[0].strip();
        if (!size.matches("[0-9a-fA-F]{1,7}")) {
            throw new IOException("no size of a chunk: " + size);
        }
        return Integer.parseInt(size, 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(16);
        for (int next = one(); next != '\n'; next = one()) {
            if (next != '\r') {
                line.append((char) next);
            }
            if (line.length() > LONGEST_HEAD) {
                throw new IOException("a line without end");
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more is wanted of it.
        }
    }
}
