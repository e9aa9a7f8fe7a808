package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Readers of outside bytes throw nothing but refusals, and only one spelling of each header is read.
class BtauthDialectProperties {
    private static final List<String> NAMES =
            List.of(
                    Btauth.VERSION,
                    Btauth.HOTKEY,
                    Btauth.NONCE,
                    Btauth.SIGNATURE,
                    Btauth.CRYPTO,
                    Btauth.RECEIVER,
                    "Authorization",
                    "bt_header_axon_ip",
                    "X-Bittensor-");

    private final HandClock clock = new HandClock(Cast.NOON);
    private final Gates gates = Cast.gates(clock);
    private final List<Header> good = Cast.signed(Cast.ALICE, clock).headers();

    @Test
    void randomHeadersAreRefusedAndNothingElseIsThrown() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            RequestHead head = randomHead(random);
            try {
                gates.screen(head, Cast.ROUTE);
            } catch (Refused expected) {
                assertThat(expected.reason().name()).matches("(AUTH|TIME)_.*");
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }

    private RequestHead randomHead(Random random) {
        List<Header> headers = new ArrayList<>(random.nextInt(4) == 0 ? List.of() : good);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            if (random.nextBoolean()) {
                headers.removeIf(header -> header.name().equals(name));
            }
            headers.add(new Header(name, randomText(random)));
        }
        return new RequestHead(
                random.nextInt(8) == 0 ? randomText(random) : "POST",
                random.nextInt(8) == 0 ? randomText(random) : Cast.TARGET,
                headers,
                randomText(random),
                Cast.NOON,
                0);
    }

    private String randomText(Random random) {
        String seedText = good.get(random.nextInt(good.size())).value();
        int kind = random.nextInt(4);
        var text = new StringBuilder(kind == 0 ? "" : seedText);
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            char some = (char) random.nextInt(kind == 1 ? 0x10000 : 0x80);
            if (at < text.length() && random.nextBoolean()) {
                text.setCharAt(at, some);
            } else {
                text.insert(at, some);
            }
        }
        return text.toString();
    }

    private Refusal refusal(String name, String value) {
        try {
            new BtauthDialect().read(Cast.head(Cast.with(good, name, value), clock));
        } catch (Refused refused) {
            return refused.reason();
        }
        throw new AssertionError("accepted " + name + ": " + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "01", "2", "1 ", " 1", "1.0", "btauth/1", "\u0661"})
    void onlyOneVersionIsSpelledOneWay(String version) {
        assertThat(refusal(Btauth.VERSION, version)).isEqualTo(Refusal.AUTH_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "01",
                "+1",
                "-1",
                "1_000",
                " 1",
                "1 ",
                "1\n",
                "0x1",
                "1.0",
                "1e18",
                "\u0661",
                "\uff11",
                "12345678901234567890",
                "NaN"
            })
    void anyOtherSpellingOfANonceIsMalformed(String nonce) {
        assertThat(refusal(Btauth.NONCE, nonce)).isEqualTo(Refusal.AUTH_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SR25519",
                "1",
                "0",
                "01",
                " sr25519",
                "sr25519 ",
                "ecdsa",
                "mldsa",
                "hashed"
            })
    void anyOtherSpellingOfASchemeIsMalformed(String scheme) {
        assertThat(refusal(Btauth.CRYPTO, scheme)).isEqualTo(Refusal.AUTH_MALFORMED);
    }

    @Test
    void anyOtherSpellingOfASignatureIsMalformed() {
        String hex = "ab".repeat(64);
        for (String signature :
                List.of(
                        hex,
                        "0X" + hex,
                        "0x0x" + hex.substring(2),
                        "0x" + "AB".repeat(64),
                        " 0x" + hex,
                        "0x" + hex + " ",
                        "0x" + hex.substring(2),
                        "0x" + hex.substring(1),
                        "0x01" + hex,
                        "0x" + hex.substring(2) + "g0",
                        "0x",
                        "0x" + "\uff11".repeat(128))) {
            assertThat(refusal(Btauth.SIGNATURE, signature))
                    .as(signature)
                    .isEqualTo(Refusal.AUTH_MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not-an-address",
                "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ",
                " 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY ",
                "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
            })
    void anyOtherSpellingOfAnAddressIsRefused(String address) {
        assertThat(refusal(Btauth.HOTKEY, address)).isEqualTo(Refusal.AUTH_MALFORMED);
        assertThat(refusal(Btauth.RECEIVER, address)).isEqualTo(Refusal.AUTH_WRONG_RECEIVER);
    }

    @Test
    void endlessTextIsRefusedWithoutBeingDecoded() {
        assertThat(refusal(Btauth.HOTKEY, "5".repeat(1 << 20))).isEqualTo(Refusal.AUTH_MALFORMED);
        assertThat(refusal(Btauth.NONCE, "1".repeat(1 << 20))).isEqualTo(Refusal.AUTH_MALFORMED);
        assertThat(refusal(Btauth.SIGNATURE, "0x" + "a".repeat(10_606)))
                .isEqualTo(Refusal.AUTH_MALFORMED);
    }

    @Test
    void rememberedAddressesAreBounded() {
        var addresses = new Addresses();
        for (int i = 0; i < Addresses.MOST + 10; i++) {
            byte[] accountId = ByteBuffer.allocate(Hotkey.LENGTH).putInt(i).array();
            assertThat(addresses.hotkey(Ss58.hotkey(accountId).ss58())).isNotNull();
        }

        assertThat(addresses.size()).isEqualTo(10);
        assertThat(addresses.hotkey("5".repeat(1 << 20))).isNull();
        assertThat(addresses.hotkey(null)).isNull();
    }
}
