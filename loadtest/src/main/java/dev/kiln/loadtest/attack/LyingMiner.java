package dev.kiln.loadtest.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.bittensor.wire.Btauth;
import dev.kiln.bittensor.wire.KilnAnswer;
import dev.kiln.core.Asserted;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Roster;
import dev.kiln.core.Stages;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A miner over real HTTP that makes the answer an honest one would, signed as Kiln signs, and then tells a lie about it.
///
/// **Threads:** one for each connection; the lie must not care.
final class LyingMiner implements AutoCloseable {
    private static final String TYPE = "application/json";
    private static final byte[] BODY =
            "{\"object\":\"list\",\"model\":\"stub\",\"data\":[{\"index\":0,\"embedding\":[1.0]}]}"
                    .getBytes(UTF_8);

    private final KeyPair key;
    private final Lie lie;
    private final ServerSocket server;

    /// What it says instead of the truth.
    interface Lie {
        Told tell(Truth truth);
    }

    /// A response as it will stand on the wire.
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Told(int status, List<Header> headers, byte[] body) {
        Told with(String name, String value) {
            List<Header> all = new ArrayList<>(without(name).headers());
            all.add(new Header(name, value));
            return new Told(status, all, body);
        }

        Told also(String name) {
            List<Header> all = new ArrayList<>(headers);
            all.add(new Header(name, value(name)));
            return new Told(status, all, body);
        }

        Told without(String name) {
            return new Told(
                    status,
                    headers.stream()
                            .filter(header -> !header.name().equalsIgnoreCase(name))
                            .toList(),
                    body);
        }

        Told status(int other) {
            return new Told(other, headers, body);
        }

        Told body(byte[] other) {
            return new Told(status, headers, other);
        }

        String value(String name) {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .findFirst()
                    .orElse("");
        }
    }

    /// A request and what an honest miner would say to it.
    record Truth(Request request, KeyPair miner) {
        Told answer() {
            return sealed(miner, caller(), 0);
        }

        /// An answer signed with this key, for this caller, with a nonce so many nanoseconds after the request's.
        Told sealed(KeyPair signer, Hotkey receiver, long later) {
            var model =
                    new ModelInfo(
                            "stub",
                            "ab".repeat(32),
                            "stub-1",
                            new Purpose.TextEmbedding(1),
                            new ModelInfo.Device("cpu", "cpu", "cpu"));
            var asserted =
                    new Asserted(TYPE, Optional.of(model), 1, new Stages(10, 20, 30, 40, 50));
            var question =
                    new KilnAnswer.Question(
                            receiver,
                            Roster.Sees.FULL,
                            sha256(Spoken.BTAUTH.signed(request)),
                            Long.parseLong(request.value(Btauth.NONCE)) + later,
                            Time.SYSTEM.tick());
            List<Header> headers = new ArrayList<>();
            headers.add(new Header("Content-Type", TYPE));
            headers.addAll(
                    new KilnAnswer(signer, Time.SYSTEM).to(question).seal(200, BODY, asserted));
            return new Told(200, headers, BODY);
        }

        Hotkey caller() {
            try {
                return Ss58.hotkey(request.value(Btauth.HOTKEY));
            } catch (KeyFormatException e) {
                throw new IllegalStateException("our own client sends its address", e);
            }
        }
    }

    LyingMiner(KeyPair key, Lie lie) throws IOException {
        this.key = key;
        this.lie = lie;
        this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("lying-miner").start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: nobody is asked any more.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Told told = lie.tell(new Truth(read(in), key));
                StringBuilder head = new StringBuilder("HTTP/1.1 ");
                head.append(told.status()).append(" said\r\n");
                for (Header header :
                        told.with("Content-Length", "" + told.body().length).headers()) {
                    head.append(header.name()).append(": ").append(header.value()).append("\r\n");
                }
                socket.getOutputStream().write(head.append("\r\n").toString().getBytes(ISO_8859_1));
                socket.getOutputStream().write(told.body());
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            // The client has left.
        }
    }

    private static Request read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        String[] lines = head.toString().strip().split("\r\n", -1);
        String[] words = lines[0].split(" ", 3);
        List<Header> headers = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.add(
                    new Header(
                            lines[i].substring(0, colon), lines[i].substring(colon + 1).strip()));
        }
        var bare = new Request(words[0], words[1], headers, new byte[0]);
        return bare.body(in.readNBytes(Integer.parseInt(bare.value("Content-Length"))));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            // Nothing more is wanted of it.
        }
    }
}
