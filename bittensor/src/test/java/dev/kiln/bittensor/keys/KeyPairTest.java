package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.core.Scheme;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPairTest {
    private static final String LEOPARD =
            "old leopard transfer rib spatial phone calm indicate online fire caution review";
    private static final String ABANDON = "abandon ".repeat(11) + "about";

    @ParameterizedTest
    @CsvSource({
        "'', 5HDvhV6WDCjCKyrXqGQSDYqQAzkzabNhctmiDYEqgBC66BsX",
        "//Alice, 5FEiH8iuDUw271xbqWTWuB6WrDjv5dnCeDX1CyHubAniXDNN",
        "/Alice, 5GNXbA46ma5dg19GXdiKi5JH3mnkZ8Yea3bBtZAvj7t99P9i",
        "///secret, 5Djov3oqFdmknCCZA9dRAYHtCWU969yKkszoevK4EQkup767"
    })
    void aPhraseAndAPathLeadToTheWalletsAddress(String suffix, String address)
            throws KeyFormatException {
        assertThat(KeyPair.fromUri(LEOPARD + suffix, Scheme.SR25519).hotkey().ss58())
                .isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV",
        "//Bob/test, 5CJGwWiKXSE16WJaxBdPZhWqUYkotgenLUALv7ZvqQ4TXeqf",
        "/Bob//test, 5Cwc8tShrshDJUp1P1M21dKUTcYQpV9GcfSa4hUBNmMdV3Cx",
        "//PathNameLongerThan32BytesWhichShouldBeHashed,"
                + " 5GR5pfZeNs1uQiSWVxZaQiZou3wdZiX894eqgvfNfHbEh7W2",
        "//0, 5D34dL5prEUaGNQtPPZ3yN5Y6BnkfXunKXXz6fo7ZJbLwRRH",
        "//1234, 5FvgXV7oHM93CKcMo5CvxjnxPCssc2JciPU1vVfNb8c25d5Z"
    })
    void anEmptyPhraseMeansTheDevelopmentPhrase(String uri, String address)
            throws KeyFormatException {
        assertThat(KeyPair.fromUri(uri, Scheme.SR25519).hotkey().ss58()).isEqualTo(address);
    }

    @Test
    void aPhraseLeadsToTheWalletsSeedAndPrivateKey() throws KeyFormatException {
        KeyPair key = KeyPair.fromMnemonic(LEOPARD, "", Scheme.SR25519);

        assertThat(key.revealSeed().map(HexFormat.of()::formatHex))
                .contains("da3cf5b1e9144931a0f0db65664aab662673b099415a7f8121b7245fb0be4143");
        assertThat(HexFormat.of().formatHex(key.revealPrivateKey()))
                .isEqualTo(
                        "1f1995bdf3a17b60626a26cfe6f564b337d46056b7a1281b64c649d592ccda0a9cffd34d9fb01cae1fba61aeed184c817442a2186d5172416729a4b54dd4b84e");
        assertThat(key.revealPhrase()).contains(LEOPARD);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 4ed8d4b17698ddeaa1f1559f152f87b5d472f725ca86d341bd0276f1b61197e2",
        "Substrate, 44e9d125f037ac1d51f0a7d3649689d422c2af8b1ec8e00d71db4d7bf6d127e3"
    })
    void thePasswordSaltsTheSeed(String password, String seed) throws KeyFormatException {
        KeyPair key = KeyPair.fromMnemonic(ABANDON, password, Scheme.SR25519);

        assertThat(key.revealSeed().map(HexFormat.of()::formatHex)).contains(seed);
        assertThat(key.revealPhrase().isPresent()).isEqualTo(password.isEmpty());
    }

    @Test
    void aSeedLeadsToItsPublicKey() {
        byte[] seed = new byte[32];
        Arrays.fill(seed, (byte) 1);

        assertThat(KeyPair.fromSeed(seed, Scheme.SR25519).hotkey().hex())
                .isEqualTo("189dac29296d31814dc8c56cf3d36a0543372bba7538fa322a4aebfebc39e056");
    }

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void aNewKeyIsItsPhrasesKeyAndSigns(Scheme scheme) throws KeyFormatException {
        KeyPair key = KeyPair.generate(scheme);
        String phrase = key.revealPhrase().orElseThrow();

        assertThat(phrase.split(" ", -1)).hasSize(12);
        assertThat(KeyPair.fromMnemonic(phrase, "", scheme).hotkey()).isEqualTo(key.hotkey());
        assertThat(KeyPair.generate(scheme).hotkey()).isNotEqualTo(key.hotkey());
        assertThat(Signatures.verify(scheme, key.hotkey(), new byte[3], key.sign(new byte[3])))
                .isTrue();
    }

    @Test
    void everyEntropySizeMakesAPhraseThatReadsBack() throws KeyFormatException {
        Random random = new Random(39);
        for (int size : new int[] {16, 20, 24, 28, 32}) {
            for (int i = 0; i < 200; i++) {
                byte[] entropy = new byte[size];
                random.nextBytes(entropy);
                String phrase = Mnemonic.phrase(entropy);
                assertThat(phrase.split(" ", -1)).hasSize(size / 4 * 3);
                assertThat(Mnemonic.entropy(phrase)).isEqualTo(entropy);
            }
        }
        assertThat(Mnemonic.generate(new SecureRandom())).matches("([a-z]+ ){11}[a-z]+");
    }

    @ParameterizedTest
    @CsvSource({
        "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f, legal winner thank year wave sausage worth useful legal winner thank yellow",
        "ffffffffffffffffffffffffffffffff, zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
        "8080808080808080808080808080808080808080808080808080808080808080, letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless"
    })
    void thePublishedPhrasesHaveTheirEntropy(String entropy, String phrase)
            throws KeyFormatException {
        assertThat(Mnemonic.entropy(phrase)).isEqualTo(Vectors.hex(entropy));
        assertThat(Mnemonic.phrase(Vectors.hex(entropy))).isEqualTo(phrase);
    }

    @ParameterizedTest
    @CsvSource({
        "abandon abandon, 'a secret phrase has 12, 15, 18, 21 or 24 words, was 2'",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about,"
                + " 'a secret phrase has 12, 15, 18, 21 or 24 words, was 13'",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon,"
                + " the checksum of the secret phrase is wrong; is a word missing or misplaced?",
        "abandon abandon swordfish abandon abandon abandon abandon abandon abandon abandon abandon about,"
                + " word 3 of the secret phrase is not in the English BIP-39 list",
        "0x1234, a hex seed is 0x and 64 hex digits",
        "0x0000000000000000000000000000000000000000000000000000000000000000///pw,"
                + " 'a password goes with a phrase, not with a hex seed'"
    })
    void aWrongUriIsRefusedWithoutRepeatingIt(String uri, String message) {
        assertThatThrownBy(() -> KeyPair.fromUri(uri, Scheme.SR25519))
                .isInstanceOf(KeyFormatException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"//Alice/", "/", "//", "a b"})
    void aMalformedUriIsRefused(String uri) {
        assertThatThrownBy(() -> KeyPair.fromUri(uri, Scheme.SR25519))
                .isInstanceOf(KeyFormatException.class);
    }

    @Test
    void anEndlessUriIsRefused() {
        assertThatThrownBy(() -> KeyPair.fromUri("//" + "a".repeat(5000), Scheme.SR25519))
                .isInstanceOf(KeyFormatException.class);
    }

    @Test
    void printingAKeyShowsNoSecret() throws KeyFormatException {
        KeyPair key = KeyPair.fromMnemonic(LEOPARD, "", Scheme.SR25519);

        assertThat(key)
                .hasToString("KeyPair[sr25519 5HDvhV6WDCjCKyrXqGQSDYqQAzkzabNhctmiDYEqgBC66BsX]");
        assertThat(SecretUri.parse(LEOPARD + "//a///b")).hasToString("SecretUri[1 junctions]");
    }
}
