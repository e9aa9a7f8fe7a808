package dev.kiln.bittensor.keys;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A secret URI taken apart: `<phrase or 0xseed>(//hard|/soft)*(///password)?`.
///
/// @param root the phrase or `0x` and 64 hex digits; the public development phrase if there was none
/// @param path the derivations in their order
/// @param password what stood after `///`, else empty
record SecretUri(String root, List<Junction> path, String password) {
    /// The phrase behind `//Alice` and the other public development keys.
    static final String DEVELOPMENT_PHRASE =
            "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    private static final int MAX_LENGTH = 4096;
    private static final int CODE = 32;
    private static final Pattern WHOLE =
            Pattern.compile(
                    "(?<root>[^/]*)(?<path>(//?[^/]+)*)(///(?<password>.*))?", Pattern.DOTALL);
    private static final Pattern JUNCTION = Pattern.compile("/(/?)([^/]+)");
    private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{1,64}");
    private static final BigInteger U64 = BigInteger.ONE.shiftLeft(64);

    /// One step of derivation.
    static final class Junction {
        private final boolean hard;
        private final byte[] code;

        /// @param hard whether the child's secret cannot be found from its sibling's
        /// @param code 32 bytes of chain code
        private Junction(boolean hard, byte[] code) {
            this.hard = hard;
            this.code = code;
        }

        boolean hard() {
            return hard;
        }

        byte[] code() {
            return code.clone();
        }
    }

    static SecretUri parse(String uri) throws KeyFormatException {
        Matcher matcher = WHOLE.matcher(uri);
        if (uri.length() > MAX_LENGTH || !matcher.matches()) {
            throw new KeyFormatException(
                    "a secret URI is a phrase or 0x and 64 hex digits, then any //hard and /soft, then perhaps"
                            + " ///password, in at most %d characters".formatted(MAX_LENGTH));
        }
        String root = matcher.group("root").strip();
        List<Junction> path = new ArrayList<>();
        Matcher junction = JUNCTION.matcher(matcher.group("path"));
        while (junction.find()) {
            path.add(new Junction(!junction.group(1).isEmpty(), code(junction.group(2))));
        }
        String password = matcher.group("password");
        return new SecretUri(
                root.isEmpty() ? DEVELOPMENT_PHRASE : root,
                List.copyOf(path),
                password == null ? "" : password);
    }

    private static byte[] code(String text) {
        byte[] encoded = Scale.string(text);
        if (NUMBER.matcher(text).matches()) {
            BigInteger number = new BigInteger(text);
            if (number.compareTo(U64) < 0) {
                encoded = littleEndian(number);
            }
        }
        return encoded.length > CODE ? Blake2b.hash(encoded, CODE) : Arrays.copyOf(encoded, CODE);
    }

    private static byte[] littleEndian(BigInteger number) {
        long value = number.longValue();
        byte[] out = new byte[Long.BYTES];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) (value >>> (8 * i));
        }
        return out;
    }

    @Override
    public String toString() {
        return "SecretUri[%d junctions]".formatted(path.size());
    }
}
