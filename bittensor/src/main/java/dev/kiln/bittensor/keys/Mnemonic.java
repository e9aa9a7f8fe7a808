package dev.kiln.bittensor.keys;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/// English BIP-39 phrases as Substrate turns them into seeds: it stretches the entropy, not the words.
final class Mnemonic {
    private static final int WORDS = 2048;
    private static final int BITS_PER_WORD = 11;
    private static final int ROUNDS = 2048;
    private static final int SEED = 32;
    private static final int NEW_ENTROPY = 16;
    private static final List<String> WORD_LIST = wordList();
    private static final Map<String, Integer> INDEX = index();

    private Mnemonic() {}

    /// The entropy of a phrase.
    ///
    /// @throws KeyFormatException unless it has 12, 15, 18, 21 or 24 words of the list and the right checksum
    static byte[] entropy(String phrase) throws KeyFormatException {
        String[] words = phrase.strip().split("\\s+", -1);
        if (words.length < 12 || words.length > 24 || words.length % 3 != 0) {
            throw new KeyFormatException(
                    "a secret phrase has 12, 15, 18, 21 or 24 words, was " + words.length);
        }
        byte[] bits = new byte[(words.length * BITS_PER_WORD + 7) / 8];
        for (int i = 0; i < words.length; i++) {
            Integer index = INDEX.get(words[i]);
            if (index == null) {
                throw new KeyFormatException(
                        "word %d of the secret phrase is not in the English BIP-39 list"
                                .formatted(i + 1));
            }
            putWord(bits, i, index);
        }
        byte[] entropy = Arrays.copyOf(bits, words.length / 3 * 4);
        if (!Arrays.equals(withChecksum(entropy), bits)) {
            throw new KeyFormatException(
                    "the checksum of the secret phrase is wrong; is a word missing or misplaced?");
        }
        return entropy;
    }

    /// The phrase of 16, 20, 24, 28 or 32 bytes of entropy.
    static String phrase(byte[] entropy) {
        byte[] bits = withChecksum(entropy);
        StringJoiner phrase = new StringJoiner(" ");
        for (int i = 0; i < entropy.length / 4 * 3; i++) {
            phrase.add(WORD_LIST.get(getWord(bits, i)));
        }
        return phrase.toString();
    }

    /// A new phrase of 12 words.
    static String generate(SecureRandom random) {
        byte[] entropy = new byte[NEW_ENTROPY];
        random.nextBytes(entropy);
        return phrase(entropy);
    }

    /// The seed of a phrase.
    static byte[] seed(String phrase, String password) throws KeyFormatException {
        var generator = new PKCS5S2ParametersGenerator(new SHA512Digest());
        byte[] salt = ("mnemonic" + password).getBytes(StandardCharsets.UTF_8);
        generator.init(entropy(phrase), salt, ROUNDS);
        byte[] wide = ((KeyParameter) generator.generateDerivedMacParameters(512)).getKey();
        return Arrays.copyOf(wide, SEED);
    }

    /// The entropy followed by one bit of its SHA-256 for every 32 bits of it.
    private static byte[] withChecksum(byte[] entropy) {
        SHA256Digest digest = new SHA256Digest();
        digest.update(entropy, 0, entropy.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        byte[] bits = Arrays.copyOf(entropy, entropy.length + 1);
        bits[entropy.length] = (byte) (hash[0] & (0xff00 >> (entropy.length / 4)));
        return bits;
    }

    private static void putWord(byte[] bits, int word, int index) {
        for (int i = 0; i < BITS_PER_WORD; i++) {
            int at = word * BITS_PER_WORD + i;
            int bit = (index >>> (BITS_PER_WORD - 1 - i)) & 1;
            bits[at / 8] |= (byte) (bit << (7 - at % 8));
        }
    }

    private static int getWord(byte[] bits, int word) {
        int index = 0;
        for (int i = 0; i < BITS_PER_WORD; i++) {
            int at = word * BITS_PER_WORD + i;
            index = (index << 1) | ((bits[at / 8] >>> (7 - at % 8)) & 1);
        }
        return index;
    }

    private static List<String> wordList() {
        try (InputStream in = Mnemonic.class.getResourceAsStream("bip39-english.txt")) {
            if (in == null) {
                throw new IllegalStateException("bip39-english.txt is missing from the jar");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            List<String> words = text.lines().toList();
            if (words.size() != WORDS) {
                throw new IllegalStateException("bip39-english.txt has not 2048 words");
            }
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Integer> index() {
        Map<String, Integer> index = HashMap.newHashMap(WORDS);
        for (int i = 0; i < WORDS; i++) {
            index.put(WORD_LIST.get(i), i);
        }
        return index;
    }
}
