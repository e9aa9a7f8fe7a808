package dev.kiln.loadtest.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A server on a bare socket that does to every connection what it is told.
final class RudeServer implements AutoCloseable {
    private final ServerSocket server;
    private final Rudeness rudeness;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /// What it does once a request's head is here.
    interface Rudeness {
        void to(OutputStream out) throws IOException;
    }

    /// Says this, then hangs up.
    static Rudeness says(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Sends a body of one gibibyte, or as much as is taken.
    static Rudeness sendsGibibyte(AtomicLong sent) {
        return out -> {
            out.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));
            byte[] block = new byte[1 << 16];
            for (int i = 0; i < 1 << 14; i++) {
                out.write(block);
                sent.addAndGet(block.length);
            }
        };
    }

    RudeServer(Rudeness rudeness) throws IOException {
        this.rudeness = rudeness;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> answer(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            if (in.read(new byte[8192]) > 0) {
                rudeness.to(socket.getOutputStream());
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            // The other side hung up, as it should.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
