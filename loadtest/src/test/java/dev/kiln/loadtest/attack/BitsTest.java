package dev.kiln.loadtest.attack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Signatures;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Header;
import dev.kiln.core.Scheme;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Forgeries must be near misses: everything about them right but the one thing that they are about.
class BitsTest {
    private static final byte[] MESSAGE = "what is asked".getBytes(UTF_8);

    private final KeyPair key = KeyPair.generate(Scheme.SR25519);
    private final KeyPair edwards = KeyPair.generate(Scheme.ED25519);

    @Test
    void plusOrderMovesSAndNothingElse() {
        byte[] signature = key.sign(MESSAGE);
        byte[] moved = Bits.plusOrder(true).apply(signature);

        assertThat(Arrays.copyOf(moved, 32)).isEqualTo(Arrays.copyOf(signature, 32));
        assertThat(moved[63] & 0x80).isNotZero();
        assertThat(moved).isNotEqualTo(signature);
        assertThat(Signatures.verify(Scheme.SR25519, key.hotkey(), MESSAGE, moved)).isFalse();
        byte[] other = Bits.plusOrder(false).apply(edwards.sign(MESSAGE));
        assertThat(Signatures.verify(Scheme.ED25519, edwards.hotkey(), MESSAGE, other)).isFalse();
    }

    @Test
    void plusOrderIsTheSameNumberModuloTheOrder() {
        byte[] twice =
                Bits.plusOrder(false).apply(new byte[64]); // s = 0, so this is the order itself

        assertThat(Arrays.copyOfRange(twice, 32, 64))
                .startsWith(0xed, 0xd3, 0xf5, 0x5c)
                .endsWith(0x00, 0x10);
    }

    @Test
    void negatedRTwiceIsR() {
        byte[] signature = key.sign(MESSAGE);

        assertThat(Bits.negatedR(signature)).isNotEqualTo(signature);
        assertThat(Bits.negatedR(Bits.negatedR(signature))).isEqualTo(signature);
    }

    @Test
    void turnedChangesOneDigit() {
        assertThat(Bits.turned(3).apply("0xab")).isEqualTo("0xaa");
        assertThat(Bits.turned(2).apply("0x00")).isEqualTo("0x10");
    }

    @Test
    void anotherContextsSignatureHoldsInNoOther() {
        byte[] elsewhere = key.signIn("elsewhere", MESSAGE);

        assertThat(Signatures.verify(Scheme.SR25519, key.hotkey(), MESSAGE, elsewhere)).isFalse();
        assertThat(
                        Signatures.verify(
                                Scheme.SR25519,
                                key.hotkey(),
                                MESSAGE,
                                key.signIn("substrate", MESSAGE)))
                .isTrue();
    }

    @Test
    void signedAnewAnHonestRequestStaysHonest() {
        for (Spoken dialect : Spoken.values()) {
            Request honest = dialect.honest(key, Ss58.hotkey(new byte[32]), "[\"a\"]");
            byte[] payload = dialect.signed(honest);
            String hex = dialect.sign(honest, key).value(dialect.names().signature());

            byte[] anew = java.util.HexFormat.of().parseHex(hex.substring(2));
            String first = honest.value(dialect.names().signature());
            byte[] old = java.util.HexFormat.of().parseHex(first.substring(2));
            // Both hold over the bytes that the second reading of the protocol spells out.
            assertThat(Signatures.verify(Scheme.SR25519, key.hotkey(), payload, anew))
                    .as(dialect.toString())
                    .isTrue();
            assertThat(Signatures.verify(Scheme.SR25519, key.hotkey(), payload, old))
                    .as(dialect.toString())
                    .isTrue();
        }
    }

    @Test
    void aRequestIsWrittenAsItStands() {
        var request =
                new Request(
                        "POST",
                        "/a",
                        List.of(new Header("X-A", "1"), new Header("X-A", "2")),
                        MESSAGE);

        assertThat(new String(request.bytes(), UTF_8))
                .startsWith("POST /a HTTP/1.1\r\nHost: kiln\r\n")
                .contains("Content-Length: 13\r\n", "X-A: 1\r\nX-A: 2\r\n")
                .endsWith("\r\n\r\nwhat is asked");
        assertThat(new String(request.chunked(), UTF_8))
                .contains("Transfer-Encoding: chunked\r\n")
                .doesNotContain("Content-Length")
                .endsWith("\r\n\r\nd\r\nwhat is asked\r\n0\r\n\r\n");
        assertThat(new String(request.with("X-A", "3").bytes(), UTF_8)).contains("X-A: 3");
    }
}
