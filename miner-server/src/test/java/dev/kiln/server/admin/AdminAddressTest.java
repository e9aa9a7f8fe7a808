package dev.kiln.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The token goes to nobody but the server that wrote the address.
class AdminAddressTest {
    @TempDir private Path state = Path.of("");

    @Test
    void thisProcessIsAliveAndOneOfThatNumberThatStartedEarlierIsNot() throws IOException {
        AdminAddress own = AdminAddress.own("http://127.0.0.1:1");
        AdminAddress read = AdminAddress.parse(own.text());
        assertThat(read).isEqualTo(own);
        assertThat(read.alive()).isTrue();
        assertThat(new AdminAddress(own.url(), own.pid(), own.started() - 1).alive()).isFalse();
    }

    @Test
    void aClientThatFindsTheAddressOfAnEndedProcessSendsNothing() throws IOException {
        AdminAddress own = AdminAddress.own("http://127.0.0.1:1");
        var ended = new AdminAddress(own.url(), own.pid(), own.started() - 1);
        Files.writeString(state.resolve(AdminServer.ADDRESS_FILE), ended.text());

        assertThatThrownBy(() -> AdminClient.of(state, Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void aDamagedAddressIsAnError() {
        for (String damaged : new String[] {"", "http://x", "http://x y z"}) {
            assertThatThrownBy(() -> AdminAddress.parse(damaged)).isInstanceOf(IOException.class);
        }
    }
}
