package dev.kiln.loadtest.rivals;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.Speaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Who asks: the same validators for every system, each in the system's own dialect.
final class Callers {
    /// The Axon takes a caller's nonces only in ascending order; so many Dendrites of one hotkey keep those that are in
    /// flight at once apart.
    private static final int DENDRITES = 16;

    private static final Duration DENDRITE_TIMEOUT = Duration.ofSeconds(12);

    private final List<KeyPair> keys;
    private final List<Long> stakes;
    private final String apiKey;

    Callers(int count) {
        this(Collections.nCopies(count, 1000L));
    }

    /// @param stakes of each
    Callers(List<Long> stakes) {
        this.stakes = List.copyOf(stakes);
        this.keys = stakes.stream().map(_ -> KeyPair.generate(Scheme.SR25519)).toList();
        byte[] secret = new byte[24];
        new SplittableRandom().nextBytes(secret);
        this.apiKey = HexFormat.of().formatHex(secret);
    }

    List<MinerFolder.Member> members() {
        return IntStream.range(0, keys.size())
                .mapToObj(i -> new MinerFolder.Member(keys.get(i), stakes.get(i), "full"))
                .toList();
    }

    List<String> apiKeys() {
        return List.of("bench: " + apiKey);
    }

    /// In the order in which they take turns.
    List<Credentials> at(Contender contender, Stand stand) {
        return switch (contender) {
            case RAW -> throw new IllegalArgumentException("nobody asks the raw loop");
            case KILN_KEY, INFINITY, LITSERVE, RAY -> List.of(new ApiKeyCredentials(apiKey));
            case KILN_SIGNED, FASTAPI ->
                    keys.stream()
                            .<Credentials>map(key ->
                                    new HotkeyCredentials(key, stand.hotkey(), Scheme.SR25519))
                            .toList();
            case AXON -> dendrites(stand);
        };
    }

    private List<Credentials> dendrites(Stand stand) {
        var check = new AnswerCheck(stand.hotkey(), Scheme.SR25519);
        List<Credentials> all = new ArrayList<>();
        Stream.generate(() -> keys)
                .limit(DENDRITES)
                .flatMap(List::stream)
                .forEach(key ->
                        all.add(
                                new HotkeyCredentials(
                                        Speaker.axon(
                                                key, stand.hotkey(), stand.url(), DENDRITE_TIMEOUT),
                                        key.hotkey(),
                                        check)));
        return all;
    }
}
