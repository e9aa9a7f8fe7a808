package dev.kiln.loadtest.rivals;

import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Question;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Requests that must be refused, as fast as one core sends them up to a bound: bare ones, or ones in a known validator's
/// name with a made-up signature, which only arithmetic on the curve tells from a good one.
///
/// **Threads:** two for each connection.
final class Junk {
    private static final byte[] AWAY = {127, 0, 0, 2};
    private static final int LONGEST_HEAD = 16 << 10;

    private final URI url;
    private final List<Header> headers;
    private final Question question;
    private final double perSecond;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final long began = System.nanoTime();
    private volatile boolean over; // written by whoever stops it

    /// What was sent a second, and what it got.
    record Count(double sentPerSecond, long refused, long accepted, long broken) {}

    /// @param signed in the victim's name; bare otherwise
    /// @param perSecond of all connections together, at most
    Junk(URI url, Credentials victim, Question question, boolean signed, double perSecond) {
        this.url = url;
        this.headers = signed ? victim.sign("/v1/embeddings", question).headers() : List.of();
        this.question = question;
        this.perSecond = perSecond;
    }

    Junk start(int connections) {
        for (int i = 0; i < connections; i++) {
            var random = new SplittableRandom(i);
            threads.add(
                    Thread.ofPlatform()
                            .name("junk-" + i)
                            .daemon()
                            .start(() -> flood(random, perSecond / connections)));
        }
        return this;
    }

    private void flood(SplittableRandom random, double each) {
        while (!over) {
            try (var socket = new Socket()) {
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(AWAY), 0));
                socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), 5000);
                socket.setSoTimeout(5000);
                socket.setTcpNoDelay(true);
                converse(socket, random, each);
            } catch (IOException e) {
                broken.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// Sends without waiting for replies, as long as the other side takes it; a thread of its own reads them.
    private void converse(Socket socket, SplittableRandom random, double each)
            throws IOException, InterruptedException {
        Thread reader = Thread.ofPlatform().daemon().start(() -> replies(socket));
        try {
            OutputStream out = socket.getOutputStream();
            long start = System.nanoTime();
            for (long mine = 0; reader.isAlive() && !over; mine++) {
                long due = start + (long) (mine / each * 1e9);
                LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                out.write(request(random));
                sent.incrementAndGet();
            }
        } finally {
            // What is under way is answered, or the other side hangs up.
            socket.shutdownOutput();
            reader.join(Duration.ofMillis(over ? 0 : 5000));
        }
    }

    private void replies(Socket socket) {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean open = true;
            while (open && !over) {
                Reply reply = Reply.read(in);
                (reply.status() < 300 ? accepted : refused).incrementAndGet();
                open = reply.goesOn();
            }
        } catch (IOException e) {
            // The connection is over; what was sent and not answered is told by the counts.
            broken.incrementAndGet();
        }
    }

    private byte[] request(SplittableRandom random) {
        var head =
                new StringBuilder("POST /v1/embeddings HTTP/1.1\r\nHost: junk\r\n")
                        .append("Content-Type: application/json\r\nContent-Length: ")
                        .append(question.body().length)
                        .append("\r\n");
        for (Header header : headers) {
            head.append(header.name()).append(": ").append(fresh(header, random)).append("\r\n");
        }
        byte[] front = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[front.length + question.body().length];
        System.arraycopy(front, 0, whole, 0, front.length);
        System.arraycopy(question.body(), 0, whole, front.length, question.body().length);
        return whole;
    }

    /// A nonce of now, so that it is not merely too old, and a signature that never was.
    private static String fresh(Header header, SplittableRandom random) {
        String name = header.name().toLowerCase(Locale.ROOT);
        return name.endsWith("-nonce")
                ? Long.toString(Time.SYSTEM.epochNanos() + random.nextInt(1_000_000))
                : name.endsWith("-signature") ? madeUp(random) : header.value();
    }

    /// Of the right shape: sr25519's mark in the last byte, and a scalar below the group's order.
    private static String madeUp(SplittableRandom random) {
        byte[] signature = new byte[64];
        random.nextBytes(signature);
        signature[63] = (byte) ((signature[63] & 0x0f) | 0x80);
        return "0x" + HexFormat.of().formatHex(signature);
    }

    /// Ends it and tells.
    Count stop() throws InterruptedException {
        over = true;
        double seconds = (System.nanoTime() - began) / 1e9;
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(10));
        }
        return new Count(sent.get() / seconds, refused.get(), accepted.get(), broken.get());
    }

    /// One response, read whole.
    private record Reply(int status, boolean goesOn) {
        static Reply read(InputStream in) throws IOException {
            String head = head(in);
            int status = Integer.parseInt(head.substring(9, 12));
            String small = head.toLowerCase(Locale.ROOT);
            int at = small.indexOf("content-length:");
            int length =
                    at < 0
                            ? 0
                            : Integer.parseInt(
                                    small.substring(at + 15, small.indexOf('\r', at)).strip());
            in.skipNBytes(length);
            return new Reply(status, !small.contains("connection: close"));
        }

        private static String head(InputStream in) throws IOException {
            var head = new StringBuilder(512);
            while (head.length() < LONGEST_HEAD) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("hung up");
                }
                head.append((char) next);
                int end = head.length();
                if (next == '\n' && end >= 14 && head.charAt(end - 3) == '\n') {
                    return head.toString();
                }
            }
            throw new IOException("a head without an end");
        }
    }
}
