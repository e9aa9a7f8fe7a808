package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    private static final Path COLDKEY = Path.of("/home/u/.bittensor/wallets/default/coldkey");
    private static final String VARIABLE = "BT_PW__HOME_U__BITTENSOR_WALLETS_DEFAULT_COLDKEY";

    @TempDir Path directory = Path.of("");

    @Test
    void theVariableIsNamedAfterTheWholePath() {
        assertThat(Passwords.variable(COLDKEY)).isEqualTo(VARIABLE);
        assertThat(Passwords.variable(Path.of("/home/u/x/../.bittensor/wallets/default/coldkey")))
                .isEqualTo(VARIABLE);
    }

    @ParameterizedTest
    @CsvSource({
        VARIABLE + ", KiExJDItbXo=, hunter22",
        "BT_PW__US, c2ZsZGJpaG1q, 123456789",
        "BT_PW__USERS_X, ID0rJDIxLDoh, bittensor",
        "BT_PW__USERS_X, NjEsJD4xOA==, testing"
    })
    void theVeilOfWalletsIsLifted(String name, String veiled, String password) throws Exception {
        assertThat(Passwords.unveiled(name, veiled).utf8()).isEqualTo(password.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "hunter2!, holds no Base64",
        "gICAgICAgICA, is not UTF-8",
        "'   ', the password is empty"
    })
    void plainTextInTheVariableIsRefused(String value, String message) {
        assertThatThrownBy(() -> Passwords.unveiled(VARIABLE, value))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void theFirstPlaceThatHoldsAPasswordIsUsed() throws Exception {
        Path named = Files.writeString(directory.resolve("named"), "from the named file\n");
        Path other = Files.writeString(directory.resolve("other"), "from the other file\r\n");
        Map<String, String> environment = new HashMap<>();
        Passwords.Prompt person = _ -> Optional.of("typed");

        assertThat(of(Optional.empty(), environment, person)).isEqualTo("typed");
        environment.put(VARIABLE, "KiExJDItbXo=");
        assertThat(of(Optional.empty(), environment, person)).isEqualTo("hunter22");
        environment.put("BT_WALLET_PASSWORD_FILE", other.toString());
        assertThat(of(Optional.empty(), environment, person)).isEqualTo("from the other file");
        environment.put("BT_WALLET_PASSWORD", "from the variable");
        assertThat(of(Optional.empty(), environment, person)).isEqualTo("from the variable");
        assertThat(of(Optional.of(named), environment, person)).isEqualTo("from the named file");
    }

    @Test
    void withoutAPasswordTheMessageSaysWhereOneMayStand() {
        assertThatThrownBy(() -> of(Optional.empty(), Map.of(), Passwords.Prompt.NOBODY))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageContaining("BT_WALLET_PASSWORD_FILE")
                .hasMessageContaining(VARIABLE);
        assertThatThrownBy(() ->
                        of(
                                Optional.of(directory.resolve("absent")),
                                Map.of(),
                                _ -> Optional.of("typed")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aPasswordFileHoldsOneLine() throws Exception {
        Path file = directory.resolve("password");
        for (String content :
                new String[] {"", "\n", "one\ntwo", "\ufeffsecret", "x".repeat(5000)}) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> Password.inFile(file))
                    .isInstanceOf(KeyFormatException.class)
                    .hasMessageStartingWith("password file " + file)
                    .hasMessageNotContaining("secret");
        }
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(() -> Password.inFile(file)).hasMessageContaining("is not UTF-8");
        Files.writeString(file, " täst 密码 \n");
        assertThat(new String(Password.inFile(file).utf8(), UTF_8)).isEqualTo(" täst 密码 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "1234567",
                "密码密码密码密",
                "aaaaaaaaaaaa",
                "abababababab",
                "12345678",
                "hgfedcba",
                "password",
                "Password1!",
                "mypassword"
            })
    void aWeakNewPasswordIsRefused(String weak) {
        assertThatThrownBy(() -> Password.chosen(weak)).isInstanceOf(KeyFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter22", "correct horse", "täst密码ünï", "my 12 long passwords"})
    void aFairNewPasswordIsTakenAndShowsItselfNowhere(String fair) throws Exception {
        assertThat(Password.chosen(fair).utf8()).isEqualTo(fair.getBytes(UTF_8));
        assertThat(Password.chosen(fair)).hasToString("Password[hidden]");
    }

    @Test
    void aNewPasswordIsTypedTwice() throws Exception {
        Iterator<String> same = List.of("hunter22", "hunter22").iterator();
        Iterator<String> other = List.of("hunter22", "hunter23").iterator();
        Passwords two = new Passwords(Optional.empty(), Map.of(), _ -> Optional.of(same.next()));
        Passwords different =
                new Passwords(Optional.empty(), Map.of(), _ -> Optional.of(other.next()));

        assertThat(two.chosen(COLDKEY).utf8()).isEqualTo("hunter22".getBytes(UTF_8));
        assertThatThrownBy(() -> different.chosen(COLDKEY)).hasMessage("the two passwords differ");
        assertThatThrownBy(() ->
                        new Passwords(
                                        Optional.empty(),
                                        Map.of("BT_WALLET_PASSWORD", "weak"),
                                        Passwords.Prompt.NOBODY)
                                .chosen(COLDKEY))
                .hasMessageContaining("at least 8 characters");
    }

    private static String of(
            Optional<Path> file, Map<String, String> environment, Passwords.Prompt prompt)
            throws Exception {
        return new String(new Passwords(file, environment, prompt).of(COLDKEY).utf8(), UTF_8);
    }
}
