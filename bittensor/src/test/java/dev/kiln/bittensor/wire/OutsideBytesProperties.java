package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Header;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// Epistula's headers, saved exchanges and answers of any bytes: each is read or refused, and nothing else is thrown.
class OutsideBytesProperties {
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Random random = new Random(seed);
    private final HandClock clock = new HandClock(Cast.NOON);

    private String changed(String good) {
        var text = new StringBuilder(good);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            char some = (char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000);
            if (at < text.length() && random.nextBoolean()) {
                text.deleteCharAt(at);
            } else {
                text.insert(at, some);
            }
        }
        return text.toString();
    }

    @Test
    void epistulaHeadersOfAnyTextAreReadOrRefused() {
        SignedRequest good =
                new EpistulaSigner(Cast.ALICE, clock)
                        .sign("POST", Cast.TARGET, Cast.BODY, Cast.BOB.hotkey());
        for (int i = 0; i < 20_000; i++) {
            List<Header> headers = new ArrayList<>(good.headers());
            int at = random.nextInt(headers.size());
            Header old = headers.get(at);
            switch (random.nextInt(4)) {
                case 0 -> headers.remove(at);
                case 1 -> headers.add(old);
                default -> headers.set(at, new Header(old.name(), changed(old.value())));
            }
            var head =
                    new RequestHead(
                            random.nextInt(9) == 0 ? changed("POST") : "POST",
                            random.nextInt(9) == 0 ? changed(Cast.TARGET) : Cast.TARGET,
                            headers,
                            "192.0.2.1",
                            Cast.NOON,
                            0);
            try {
                new EpistulaDialect().read(head);
            } catch (Refused expected) {
                assertThat(expected.reason().name()).startsWith("AUTH_");
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }

    @Test
    void savedExchangesOfAnyTextAreReadOrSayWhatIsMissing() {
        SignedRequest request = Cast.signed(Cast.ALICE, clock);
        String good =
                new Exchange(
                                "POST",
                                Cast.TARGET,
                                request.headers(),
                                Cast.BODY,
                                new Answer(200, request.headers(), "{}".getBytes(UTF_8)),
                                Cast.NOON,
                                Cast.BOB.hotkey(),
                                Scheme.SR25519)
                        .toJson();
        for (int i = 0; i < 5_000; i++) {
            try {
                Exchange.parse(changed(good)).check();
            } catch (IllegalArgumentException | BadAnswer expected) {
                assertThat(String.valueOf(expected.getMessage())).isNotBlank();
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }
}
