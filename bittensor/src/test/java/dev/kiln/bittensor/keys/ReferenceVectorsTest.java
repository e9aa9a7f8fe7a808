package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.core.Scheme;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What polkadot.js answers, answered alike.
class ReferenceVectorsTest {
    static Stream<JsonNode> suri() {
        return Vectors.load("sr25519.json").get("suri").valueStream();
    }

    static Stream<JsonNode> verify() {
        return Vectors.load("sr25519.json").get("verify").valueStream();
    }

    static Stream<JsonNode> ss58() {
        return Vectors.load("sr25519.json").get("ss58").valueStream();
    }

    static Stream<JsonNode> mini() {
        return Vectors.load("sr25519.json").get("mini").valueStream();
    }

    @ParameterizedTest
    @MethodSource("suri")
    void aSecretUriLeadsToTheSameAddress(JsonNode vector) throws KeyFormatException {
        KeyPair key = KeyPair.fromUri(vector.get("suri").textValue(), Scheme.SR25519);

        assertThat(key.hotkey().hex()).isEqualTo(vector.get("publicKey").textValue().substring(2));
        assertThat(key.hotkey().ss58()).isEqualTo(vector.get("ss58").textValue());
    }

    @ParameterizedTest
    @MethodSource("verify")
    void aSignatureIsJudgedAlike(JsonNode vector) {
        boolean holds =
                Signatures.verify(
                        Scheme.SR25519,
                        Ss58.hotkey(Vectors.bytes(vector, "publicKey")),
                        Vectors.bytes(vector, "message"),
                        Vectors.bytes(vector, "signature"));

        assertThat(holds).isEqualTo(vector.get("valid").booleanValue());
    }

    @ParameterizedTest
    @MethodSource("ss58")
    void anAddressIsWrittenAndReadAlike(JsonNode vector) throws KeyFormatException {
        byte[] publicKey = Vectors.bytes(vector, "publicKey");
        int prefix = vector.get("format").intValue();
        String address = vector.get("address").textValue();

        assertThat(Ss58.encode(publicKey, prefix)).isEqualTo(address);
        assertThat(Ss58.decode(address).prefix()).isEqualTo(prefix);
        assertThat(Ss58.decode(address).hotkey().accountId()).isEqualTo(publicKey);
    }

    @ParameterizedTest
    @MethodSource("mini")
    void aPhraseAndPasswordLeadToTheSameSeedAndKey(JsonNode vector) throws KeyFormatException {
        String words = vector.get("mnemonic").textValue();
        String password = vector.get("password").textValue();

        KeyPair key = KeyPair.fromMnemonic(words, password, Scheme.SR25519);

        assertThat(key.revealSeed()).contains(Vectors.bytes(vector, "miniSecret"));
        assertThat(key.hotkey().accountId()).isEqualTo(Vectors.bytes(vector, "publicKey"));
        // polkadot.js keeps the scalar times 8; the nonce halves are the same.
        byte[] theirs = Vectors.bytes(vector, "secretKey");
        byte[] ours = key.revealPrivateKey();
        assertThat(ours).endsWith(Arrays.copyOfRange(theirs, 32, 64));
    }

    @ParameterizedTest
    @MethodSource("suri")
    void whatIsSignedVerifies(JsonNode vector) throws KeyFormatException {
        KeyPair key = KeyPair.fromUri(vector.get("suri").textValue(), Scheme.SR25519);
        byte[] message = {1, 2, 3};

        byte[] signature = key.sign(message);

        assertThat(Signatures.verify(Scheme.SR25519, key.hotkey(), message, signature)).isTrue();
    }
}
