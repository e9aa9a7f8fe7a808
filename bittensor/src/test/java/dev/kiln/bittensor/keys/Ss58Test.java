package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ss58Test {
    private static final String ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    @Test
    void theAddressOfAllAaIsTheKnownOne() {
        byte[] account = new byte[32];
        Arrays.fill(account, (byte) 0xaa);

        assertThat(Ss58.encode(account, 42))
                .isEqualTo("5FvUhL6sQ5egLAvnyiY1n7gTuhmYg9sD3oJbvASWkpNULt3n");
    }

    @Test
    void everyPrefixReadsBack() throws KeyFormatException {
        Random random = new Random(58);
        for (int prefix = 0; prefix <= Ss58.MAX_PREFIX; prefix += prefix < 300 ? 1 : 37) {
            byte[] account = new byte[32];
            random.nextBytes(account);
            if (prefix % 3 == 0) {
                Arrays.fill(account, 0, 1 + prefix % 20, (byte) 0);
            }

            Ss58.Decoded decoded = Ss58.decode(Ss58.encode(account, prefix));

            assertThat(decoded.prefix()).isEqualTo(prefix);
            assertThat(decoded.hotkey().accountId()).isEqualTo(account);
        }
    }

    @Test
    void anotherNetworksAddressIsRefusedAndTranslated() {
        assertThatThrownBy(() -> Ss58.hotkey("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"))
                .isInstanceOf(KeyFormatException.class)
                .hasMessage(
                        "address 15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5 has network prefix 0,"
                                + " Bittensor's is 42; the same key is "
                                + ALICE
                                + " there");
    }

    @Test
    void everyMistypedCharacterIsNoticed() {
        for (int i = 0; i < ALICE.length(); i++) {
            char other = ALICE.charAt(i) == 'x' ? 'y' : 'x';
            String mistyped = ALICE.substring(0, i) + other + ALICE.substring(i + 1);

            assertThatThrownBy(() -> Ss58.hotkey(mistyped)).isInstanceOf(KeyFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                " 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\n",
                "15GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKut0Y",
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQé",
                "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
                "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Ss58.hotkey(text)).isInstanceOf(KeyFormatException.class);
    }

    @Test
    void aSmallPrefixInTwoBytesIsRefused() {
        // Prefix 42 spelt in the two-byte form, with a right checksum.
        byte[] all = new byte[36];
        all[0] = 0x4a;
        all[1] = (byte) 0x80;
        byte[] in = new byte[41];
        System.arraycopy(
                "SS58PRE".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, in, 0, 7);
        System.arraycopy(all, 0, in, 7, 34);
        System.arraycopy(Blake2b.hash(in, 64), 0, all, 34, 2);
        String address = Base58.encode(all);

        assertThatThrownBy(() -> Ss58.decode(address))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageEndingWith("is not in its canonical form");
    }

    @Test
    void textThatIsNoAddressIsNotRepeated() {
        assertThatThrownBy(() -> Ss58.hotkey("abandon abandon about"))
                .hasMessage("this text of 21 characters is not an SS58 address");
    }

    @Test
    void aWrongAccountOrPrefixIsTheCallersMistake() {
        assertThatThrownBy(() -> Ss58.encode(new byte[31], 42))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ss58.encode(new byte[32], 16_384))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
