package dev.kiln.server.shared;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One connection to a Redis: commands in its own protocol, one answer each.
///
/// **Threads:** one at a time.
final class RedisLink implements AutoCloseable {
    private static final int LONGEST_LINE = 1024;
    private static final int LARGEST_BULK = 64 << 10;

    private final Socket socket;
    private final InputStream in;

    private RedisLink(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /// @param atMost longest wait for the connection, and for each answer
    static RedisLink open(InetSocketAddress at, Duration atMost) throws IOException {
        var socket = new Socket();
        boolean opened = false;
        try {
            int millis = Math.toIntExact(Math.max(1, atMost.toMillis()));
            var resolved = new InetSocketAddress(at.getHostString(), at.getPort());
            socket.setTcpNoDelay(true);
            socket.connect(resolved, millis);
            socket.setSoTimeout(millis);
            var link = new RedisLink(socket);
            opened = true;
            return link;
        } catch (SocketException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!opened) {
                socket.close();
            }
        }
    }

    /// Sends a command and reads its answer.
    ///
    /// @return the answer's text, `nil` where it is none
    /// @throws IOException also where Redis answers with an error, whose words are the message
    String ask(String... words) throws IOException {
        var command = new StringBuilder().append('*').append(words.length).append("\r\n");
        for (String word : words) {
            int bytes = word.getBytes(StandardCharsets.UTF_8).length;
            command.append('$').append(bytes).append("\r\n").append(word).append("\r\n");
        }
        socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.UTF_8));
        String line = line();
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+', ':' -> line.substring(1);
            case '-' -> throw new IOException("Redis says " + line.substring(1));
            case '$' -> bulk(line.substring(1));
            default -> throw new IOException("this is no Redis: it answers " + line);
        };
    }

    private String bulk(String length) throws IOException {
        int bytes;
        try {
            bytes = Integer.parseInt(length);
        } catch (NumberFormatException e) {
            throw new IOException("this is no Redis: a length of " + length, e);
        }
        if (bytes < 0) {
            return "nil";
        }
        if (bytes > LARGEST_BULK) {
            throw new IOException(
                    "an answer of %d bytes, at most %d".formatted(bytes, LARGEST_BULK));
        }
        byte[] text = in.readNBytes(bytes);
        if (text.length < bytes || in.readNBytes(2).length < 2) {
            throw new EOFException("the connection ended within an answer");
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        while (line.length() <= LONGEST_LINE) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection ended");
            }
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append((char) next);
        }
        throw new IOException("this is no Redis: a line without end");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
            System.getLogger(RedisLink.class.getName())
                    .log(System.Logger.Level.DEBUG, "a connection did not close", e);
        }
    }
}
