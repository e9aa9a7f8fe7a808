package dev.kiln.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.ConfigSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The line that `doctor` prints for the chain.
class DoctorNetTest {
    private static String announce(List<String> here, String... sets) throws ConfigException {
        var source = new ConfigSource(Optional.empty(), List.of(sets));
        return new DoctorNet(source.read().config()).announce(here);
    }

    @Test
    void namesWalletAndHotkeyOfTheKeyfileAndTheAddressThatIsConfigured() throws ConfigException {
        assertThat(
                        announce(
                                List.of("172.17.0.2", "8.8.4.4"),
                                "hotkey.file=/home/miner/.bittensor/wallets/oven/hotkeys/first",
                                "server.public=9.9.9.9:4711"))
                .isEqualTo(
                        "btcli axon set --netuid NETUID --ip 9.9.9.9 --port 4711 --wallet oven --wallet-hotkey first --network finney");
    }

    @Test
    void takesThisMachinesOwnAddressWhereItIsPublic() throws ConfigException {
        assertThat(announce(List.of("172.17.0.2", "8.8.4.4"), "server.port=8092"))
                .isEqualTo(
                        "btcli axon set --netuid NETUID --ip 8.8.4.4 --port 8092 --wallet WALLET --wallet-hotkey HOTKEY --network finney");
    }

    @Test
    void leavesToTheOwnerWhatItCannotKnow() throws ConfigException {
        assertThat(announce(List.of("10.0.0.5"), "hotkey.file=/run/secrets/hotkey"))
                .contains("--ip IPV4 ", "--wallet WALLET --wallet-hotkey HOTKEY");
    }
}
