package dev.kiln.bittensor.keys;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.core.Hotkey;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The public members of a keyfile, each of which must agree with its secret.
///
/// @param address the member ss58Address, if there
/// @param publicKey the member publicKey, if there
/// @param accountId the member accountId, if there
record Identity(@Nullable Hotkey address, @Nullable Hotkey publicKey, @Nullable Hotkey accountId) {
    static Identity of(JsonNode json) throws KeyFormatException {
        String address = KeyfileJson.text(json, "ss58Address");
        return new Identity(
                address == null ? null : address(address),
                hotkey(json, "publicKey"),
                hotkey(json, "accountId"));
    }

    private static Hotkey address(String text) throws KeyFormatException {
        try {
            return Ss58.decode(text).hotkey();
        } catch (KeyFormatException e) {
            throw new KeyFormatException("ss58Address: " + e.getMessage());
        }
    }

    private static @Nullable Hotkey hotkey(JsonNode json, String name) throws KeyFormatException {
        String text = KeyfileJson.text(json, name);
        if (text == null) {
            return null;
        }
        byte[] bytes = KeyfileJson.bytes(name, text);
        if (bytes.length != Hotkey.LENGTH) {
            throw new KeyFormatException(
                    "%s must have 32 bytes, has %d".formatted(name, bytes.length));
        }
        return Ss58.hotkey(bytes);
    }

    /// The one key that a public file's members name.
    ///
    /// @throws KeyFormatException if they name none, or more than one
    Hotkey agreed() throws KeyFormatException {
        List<Hotkey> stated =
                Stream.of(address, publicKey, accountId)
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList();
        if (stated.size() == 1) {
            return stated.getFirst();
        }
        throw new KeyFormatException(
                stated.isEmpty()
                        ? "has neither ss58Address, publicKey nor accountId"
                        : "ss58Address, publicKey and accountId disagree: " + stated);
    }

    /// @param source the member that the key came from
    /// @throws KeyFormatException naming the first member that says something else
    void check(KeyPair key, String source) throws KeyFormatException {
        check(key, source, "ss58Address", address);
        check(key, source, "publicKey", publicKey);
        check(key, source, "accountId", accountId);
    }

    private static void check(KeyPair key, String source, String name, @Nullable Hotkey stated)
            throws KeyFormatException {
        if (stated == null || stated.equals(key.hotkey())) {
            return;
        }
        throw new KeyFormatException(
                "%s as %s leads to %s, but %s says %s; is cryptoType (%d) right?"
                        .formatted(
                                source,
                                key.scheme().wireName(),
                                key.hotkey(),
                                name,
                                stated,
                                key.scheme().cryptoType()));
    }
}
