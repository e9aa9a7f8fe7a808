package dev.kiln.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import dev.kiln.server.config.Home;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalletCliTest {
    private static final String WORDS =
            "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    private static final String DEVELOPMENT = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
    private static final String ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> shown = new ArrayList<>();
    private final Deque<String> typed = new ArrayDeque<>();
    private final Map<String, String> environment = new HashMap<>();
    private String in = "";

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        environment.put("BT_WALLET_PATH", folder.resolve("wallets").toString());
        Terminal terminal =
                new Terminal() {
                    @Override
                    public boolean isPerson() {
                        return !typed.isEmpty();
                    }

                    @Override
                    public String ask(String question) {
                        return typed.removeFirst();
                    }

                    @Override
                    public void show(String secret) {
                        shown.add(secret);
                    }
                };
        Surroundings around =
                new Surroundings(
                        terminal,
                        new Home(folder.resolve("home")),
                        environment,
                        new ByteArrayInputStream(in.getBytes(UTF_8)));
        return new Cli((_, _) -> Exit.OK, around)
                .run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private JsonNode json() throws Exception {
        return new JsonMapper().readTree(out.toString());
    }

    private Path hotkey(String name) {
        return folder.resolve("wallets/kiln/hotkeys").resolve(name);
    }

    @Test
    void everyWalletCommandHasHelpWithAnExample() {
        for (String command : List.of("new", "import", "show", "list", "sign", "verify")) {
            assertThat(run("wallet", command, "--help")).isZero();
            assertThat(out.toString()).contains("Example: kiln wallet " + command);
        }
    }

    @Test
    void aNewHotkeyLiesInItsWalletWithItsPublicFileAndNoColdkey() throws Exception {
        assertThat(run("wallet", "new", "--wallet", "kiln", "--json")).isZero();

        String address = json().get("ss58").asText();
        assertThat(Keyfile.read(hotkey("default")).hotkey().ss58()).isEqualTo(address);
        assertThat(Keyfile.readPublic(hotkey("defaultpub.txt")).hotkey().ss58()).isEqualTo(address);
        assertThat(folder.resolve("wallets/kiln/coldkey")).doesNotExist();
        assertThat(run("wallet", "new", "--wallet", "kiln")).isEqualTo(1);
        assertThat(err.toString()).contains("exists; choose another name, or --force");
    }

    @Test
    void aColdkeyIsMadeOnlyWhenAskedForAndOnlyEncrypted() throws Exception {
        typed.addAll(List.of("hunter22 is long", "hunter22 is long"));

        assertThat(run("wallet", "new", "--wallet", "kiln", "--coldkey", "--json")).isZero();

        Path coldkey = folder.resolve("wallets/kiln/coldkey");
        assertThat(Keyfile.isEncrypted(coldkey)).isTrue();
        assertThat(Keyfile.readPublic(coldkey).hotkey().ss58())
                .isEqualTo(json().get("coldkey").get("ss58").asText());
        assertThat(shown).isEmpty();

        assertThat(run("wallet", "list", "--json")).isZero();
        JsonNode wallet = json().get("wallets").get(0);
        assertThat(wallet.get("coldkey_secret_here").asBoolean()).isTrue();
        assertThat(wallet.get("hotkeys")).hasSize(1);
    }

    @Test
    void aColdkeyIsNotMadeWithoutAPasswordOrWithAWeakOne() throws Exception {
        Path weak = Files.writeString(folder.resolve("weak"), "password1\n");

        assertThat(run("wallet", "new", "--wallet", "kiln", "--coldkey")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no password");
        assertThat(
                        run(
                                "wallet",
                                "new",
                                "--wallet",
                                "kiln",
                                "--coldkey",
                                "--password-file",
                                weak.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("a new password").doesNotContain("password1");
        assertThat(run("wallet", "new", "x", "--coldkey")).isEqualTo(2);
        assertThat(folder.resolve("wallets")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--wallet, ../kiln",
        "--wallet, a/b",
        "--wallet, .hidden",
        "--hotkey, ../../coldkey",
        "--hotkey, xpub.txt",
        "--hotkey, x.lock"
    })
    void aNameThatLeadsElsewhereIsRefused(String option, String name) {
        String[] args =
                option.equals("--wallet")
                        ? new String[] {"wallet", "new", "--wallet", name}
                        : new String[] {"wallet", "new", "--wallet", "kiln", option, name};

        assertThat(run(args)).isEqualTo(1);
        assertThat(folder.resolve("wallets")).doesNotExist();
    }

    @Test
    void wordsAreImportedFromStandardInputAFileOrAPersonButNotTheCommandLine() throws Exception {
        in = WORDS + "\n";
        assertThat(run("wallet", "import", "--wallet", "kiln", "--json")).isZero();
        assertThat(json().get("ss58").asText()).isEqualTo(DEVELOPMENT);

        Path file = Files.writeString(folder.resolve("words"), WORDS + "//Alice\n");
        assertThat(
                        run(
                                "wallet",
                                "import",
                                "--wallet",
                                "kiln",
                                "--hotkey",
                                "a",
                                "--from-file",
                                file.toString()))
                .isZero();
        assertThat(out.toString().strip()).isEqualTo(ALICE);

        typed.add("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e");
        assertThat(run("wallet", "import", "--wallet", "kiln", "--hotkey", "b")).isZero();
        assertThat(out.toString().strip()).isEqualTo(DEVELOPMENT);

        assertThat(run("wallet", "import", "--wallet", "kiln", "bottom", "drive")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "'', there are no secret words",
        "//Alice, there are no secret words",
        "bottom drive obey lake curtain smoke basket hold race lonely fit fit, the checksum",
        "bottom drive obey lake curtain smoke basket hold race lonely fit walk walk, was 13",
        "bottom drive obey lake curtain smoke basket hold race lonely fit kiln, word 12",
        "0x1234, a hex seed is 0x and 64 hex digits"
    })
    void aWrongSecretIsRefusedWithItsReasonAndNothingOfIt(String secret, String reason) {
        in = secret;

        assertThat(run("wallet", "import", "--wallet", "kiln")).isEqualTo(1);

        assertThat(err.toString()).contains(reason).doesNotContain("obey").doesNotContain("1234");
        assertThat(folder.resolve("wallets")).doesNotExist();
    }

    @Test
    void aMarkAtTheStartOfTheSecretIsNamed() {
        in = "\ufeff" + WORDS;

        assertThat(run("wallet", "import", "--wallet", "kiln")).isEqualTo(1);
        assertThat(err.toString()).contains("byte-order mark");
    }

    @Test
    void whatIsPublicIsShownOfEncryptedAndPublicFilesWithoutAPassword() throws Exception {
        KeyPair key = KeyPair.fromMnemonic(WORDS, "", Scheme.SR25519);
        Keyfile.write(hotkey("one"), key, false);
        Keyfile.writePublic(hotkey("one"), key, false);
        Files.writeString(hotkey("one"), "$NACL" + "x".repeat(60));

        for (String name : List.of("one", "onepub.txt")) {
            assertThat(run("wallet", "show", hotkey(name).toString(), "--json")).isZero();
            assertThat(json().get("ss58").asText()).isEqualTo(DEVELOPMENT);
            assertThat(json().get("encrypted").asBoolean()).isEqualTo(name.equals("one"));
        }
        Files.delete(hotkey("onepub.txt"));
        assertThat(run("wallet", "show", "--wallet", "kiln", "--hotkey", "one")).isEqualTo(1);
        assertThat(run("wallet", "show", "--wallet", "kiln", "--hotkey", "none")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no such file");
        assertThat(run("wallet", "show")).isEqualTo(2);
    }

    @Test
    void oneDamagedKeyfileDoesNotHideTheOthers() throws Exception {
        Keyfile.write(hotkey("good"), KeyPair.fromMnemonic(WORDS, "", Scheme.SR25519), false);
        Files.writeString(hotkey("bad"), "{");

        assertThat(run("wallet", "list")).isZero();

        assertThat(out.toString())
                .contains("good")
                .contains(DEVELOPMENT)
                .contains("not valid JSON");
        Files.delete(hotkey("bad"));
        Files.delete(hotkey("good"));
        Files.delete(hotkey(""));
        Files.delete(folder.resolve("wallets/kiln"));
        Files.delete(folder.resolve("wallets"));
        Files.writeString(folder.resolve("wallets"), "no folder");
        assertThat(run("wallet", "list")).isEqualTo(1);
    }

    @Test
    void whatOneCommandSignsTheOtherVerifies() throws Exception {
        Keyfile.write(hotkey("default"), KeyPair.fromMnemonic(WORDS, "", Scheme.SR25519), false);
        in = "a letter\n";
        assertThat(run("wallet", "sign", "--wallet", "kiln", "--json")).isZero();
        String signature = json().get("signature").asText();

        assertThat(verify(signature)).isZero();
        in = "a letter";
        assertThat(verify(signature)).isEqualTo(1);
        assertThat(verify(signature.substring(0, 100))).isEqualTo(2);
    }

    @Test
    void aWrappedSignatureHoldsOnlyWhenItIsAskedFor() throws Exception {
        KeyPair key = KeyPair.fromMnemonic(WORDS, "", Scheme.SR25519);
        in = "hello";
        String wrapped =
                java.util.HexFormat.of()
                        .formatHex(key.sign("<Bytes>hello</Bytes>".getBytes(UTF_8)));

        assertThat(verify(wrapped)).isEqualTo(1);
        assertThat(verify(wrapped, "--accept-wrapped", "--json")).isZero();
        assertThat(json().get("wrapped").asBoolean()).isTrue();
    }

    private int verify(String signature, String... more) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "wallet",
                                "verify",
                                "--address",
                                DEVELOPMENT,
                                "--signature",
                                signature));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    @Test
    void aPasswordFileThatOthersCanReadIsWarnedOf() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "correct horse\n");
        run("wallet", "new", "--wallet", "kiln");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r-----"));
        in = "a letter";

        assertThat(
                        run(
                                "wallet",
                                "sign",
                                "--wallet",
                                "kiln",
                                "--password-file",
                                password.toString()))
                .isZero();
        assertThat(err.toString())
                .isEqualTo("warning: %s can be read by others; chmod 600 it%n".formatted(password));

        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        run("wallet", "sign", "--wallet", "kiln", "--password-file", password.toString());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void doctorNamesColdkeysAndPasswordFilesThatOthersCanRead() throws Exception {
        Path coldkey = folder.resolve("wallets/other/coldkey");
        Files.createDirectories(coldkey.getParent());
        Files.writeString(coldkey, "$NACL and more");
        Path password = Files.writeString(folder.resolve("password"), "correct horse\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));

        run("wallet", "new", "--wallet", "kiln");

        int code =
                run(
                        "doctor",
                        "--json",
                        "--set",
                        "hotkey.file=" + hotkey("default"),
                        "--set",
                        "hotkey.password-file=" + password);

        assertThat(code).as(err.toString()).isZero();
        JsonNode coldkeys = finding("coldkeys");
        assertThat(coldkeys.get("state").asText()).isEqualTo("fail");
        assertThat(coldkeys.get("fact").asText()).contains(coldkey.toString());
        assertThat(finding("password").get("remedy").asText()).isEqualTo("chmod 600 " + password);

        Files.delete(coldkey);
        run("doctor", "--json");
        assertThat(out.toString()).contains("none beside the hotkey");
    }

    private JsonNode finding(String what) throws Exception {
        for (JsonNode each : json().get("findings")) {
            if (each.get("what").asText().equals(what)) {
                return each;
            }
        }
        throw new AssertionError("no finding about " + what);
    }
}
