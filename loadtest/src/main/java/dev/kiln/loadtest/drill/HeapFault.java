package dev.kiln.loadtest.drill;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// More bodies at once than the heap holds, each begun and none ended.
record HeapFault() implements Fault {
    /// Just under the largest body that is taken, 4 MiB.
    private static final int BODY = (4 << 20) - 4096;

    /// Together 480 MiB, beside a heap of 256 MiB.
    private static final int CONNECTIONS = 120;

    /// Strangers come from so many addresses of the loopback: one may hold half of the bound alone.
    private static final int ADDRESSES = 8;

    /// The default of limits.bodies.
    private static final long BOUND = 64 << 20;

    private static final Duration FILLING = Duration.ofSeconds(4);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int HONEST = 20;

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public String deed() {
        return "%d connections each send a body of 4 MiB but for its end: 480 MiB beside a heap of 256 MiB"
                .formatted(CONNECTIONS);
    }

    @Override
    public String promise() {
        return "bodies held at once stay within limits.bodies, honest callers are answered meanwhile, and the process lives";
    }

    @Override
    public Seen strike(Ground ground) throws IOException, InterruptedException {
        String signed = head(ground);
        var sent = new AtomicLong();
        List<Thread> senders = new ArrayList<>();
        List<Socket> sockets = new ArrayList<>();
        int honest;
        long resident;
        double held;
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                var socket = new Socket();
                sockets.add(socket);
                byte[] address = {127, 0, 0, (byte) (2 + i % ADDRESSES)};
                senders.add(
                        Thread.ofVirtual()
                                .start(() ->
                                        fill(
                                                socket,
                                                address,
                                                ground.miner().ready().url(),
                                                signed,
                                                sent)));
            }
            held = mostHeld(ground);
            honest = ground.honest(HONEST);
            resident = ground.miner().residentBytes().orElse(0);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        for (Thread sender : senders) {
            sender.join(Duration.ofSeconds(5));
        }
        int after = ground.honest(HONEST);
        int live = ground.page("/livez");
        return new Seen(
                held > 0 && held <= BOUND && honest == HONEST && after == HONEST && live == 200,
                "%d MiB were sent, %.0f MiB of them held at most, of 64; resident memory %d MiB meanwhile; %d of %d calls answered, %d of %d after; /livez %d"
                        .formatted(
                                sent.get() >> 20,
                                held / (1 << 20),
                                resident >> 20,
                                honest,
                                HONEST,
                                after,
                                HONEST,
                                live));
    }

    /// What the miner says it holds at most, seen ten times a second while it is filled.
    private static double mostHeld(Ground ground) throws InterruptedException {
        double most = 0;
        long end = System.nanoTime() + FILLING.toNanos();
        while (System.nanoTime() < end) {
            most = Math.max(most, ground.metrics().sum("kiln_bodies_held_bytes").orElse(0));
            Thread.sleep(LOOK);
        }
        return most;
    }

    /// A head in a known caller's name, so that its body is asked for; its signature never comes to be looked at.
    private static String head(Ground ground) {
        var head = new StringBuilder("POST /v1/embeddings HTTP/1.1\r\nHost: drill\r\n");
        ground.member()
                .sign("/v1/embeddings", ground.question())
                .headers()
                .forEach(header ->
                        head.append(header.name())
                                .append(": ")
                                .append(header.value())
                                .append("\r\n"));
        return head
                + "Content-Type: application/json\r\nContent-Length: "
                + (BODY + 1)
                + "\r\n\r\n";
    }

    private static void fill(Socket socket, byte[] address, URI url, String head, AtomicLong sent) {
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(address), 0));
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), 5000);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] piece = new byte[64 << 10];
            for (int left = BODY; left > 0; left -= piece.length) {
                out.write(piece, 0, Math.min(piece.length, left));
                sent.addAndGet(Math.min(piece.length, left));
            }
        } catch (IOException e) {
            // The miner has hung up, which is its right.
        }
    }
}
