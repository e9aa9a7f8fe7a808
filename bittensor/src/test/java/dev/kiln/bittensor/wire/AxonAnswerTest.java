package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.ALICE;
import static dev.kiln.bittensor.wire.Cast.BOB;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.Asserted;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Route;
import dev.kiln.core.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What goes back to a Dendrite: its own terminals, the status where it looks for it, and a receipt that it ignores.
class AxonAnswerTest {
    private static final byte[] ANSWER = "{}".getBytes(US_ASCII);
    private static final String TARGET = "/TextEmbedding?from=here";

    private final HandClock clock = new HandClock(Cast.NOON);
    private final Gates gates =
            Cast.axonGates(Map.of("/TextEmbedding", HashFields.NONE), () -> Cast.ROSTER, clock);
    private final AxonRequestSigner.Signed asked =
            new AxonRequestSigner(ALICE, "203.0.113.7", clock)
                    .sign(
                            new AxonRequestSigner.Synapse(
                                    "TextEmbedding",
                                    Map.of("texts", List.of("hello")),
                                    Map.of(),
                                    HashFields.NONE,
                                    Duration.ofSeconds(12)),
                            new AxonRequestSigner.Miner(BOB.hotkey(), "127.0.0.1", 8091));

    private Call call(List<Header> headers, String target, Route.AnswerShape shape) throws Refused {
        var route =
                new Route(
                        "/TextEmbedding",
                        "task",
                        1 << 20,
                        Duration.ofSeconds(10),
                        true,
                        shape,
                        Set.of());
        var head =
                new RequestHead(
                        "POST", target, headers, "192.0.2.1", clock.epochNanos(), clock.tick());
        return Cast.pass(gates, head, route, asked.body());
    }

    private Answer answer(Call call, int status) {
        var asserted = new Asserted("application/json", Optional.empty(), 0, Stages.NONE);
        List<Header> headers = new ArrayList<>(call.seal().seal(status, ANSWER, asserted));
        headers.add(new Header("Content-Type", "application/json"));
        return new Answer(status, headers, ANSWER);
    }

    private Receipt check(SignedRequest request, Answer answer) throws BadAnswer {
        return new AnswerCheck(BOB.hotkey(), BOB.scheme())
                .check(request, answer, clock.epochNanos());
    }

    @Test
    void terminalsAreEchoedAndTheStatusIsWhereADendriteLooks() throws Refused {
        Call call = call(asked.request().headers(), "/TextEmbedding", Route.AnswerShape.KILN_1);
        clock.pass(Duration.ofMillis(1500));

        Answer answer = answer(call, 200);

        assertThat(answer.values("bt_header_axon_status_code")).containsExactly("200");
        assertThat(answer.values("bt_header_axon_status_message")).containsExactly("Success");
        assertThat(answer.values("bt_header_axon_process_time")).containsExactly("1.5");
        for (Header sent : asked.request().headers()) {
            if (!sent.name().startsWith(Axon.INPUT)) {
                assertThat(answer.values(sent.name()))
                        .as(sent.name())
                        .containsExactly(sent.value());
            }
        }
    }

    @Test
    void aRequestCannotPutAStatusIntoItsAnswer() throws Refused {
        List<Header> sly =
                Cast.and(asked.request().headers(), "bt_header_axon_status_message", "Paid");

        Answer answer = answer(call(sly, "/TextEmbedding", Route.AnswerShape.OFF), 200);

        assertThat(answer.values("bt_header_axon_status_message")).containsExactly("Success");
    }

    @Test
    void theReceiptCoversWhatTheAxonSignatureLeavesOpen() throws Refused, BadAnswer {
        Answer answer =
                answer(
                        call(asked.request().headers(), "/TextEmbedding", Route.AnswerShape.KILN_1),
                        200);
        RequestHead sent = Cast.head(asked.request(), clock);
        String hash = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a";
        String lines =
                String.join(
                        "\n",
                        "axon",
                        "POST",
                        "/TextEmbedding",
                        Digests.sha256Hex(asked.body()),
                        "timeout:12.0",
                        "computed_body_hash:" + hash,
                        "%s.%s.%s.%s.%s"
                                .formatted(
                                        sent.values(Axon.NONCE).getFirst(),
                                        ALICE.hotkey(),
                                        BOB.hotkey(),
                                        sent.values(Axon.UUID).getFirst(),
                                        hash));

        Receipt receipt = check(asked.request(), answer);

        assertThat(receipt.requestDigest()).isEqualTo(Digests.sha256Hex(lines.getBytes(US_ASCII)));
        assertThat(receipt.nonce()).isEqualTo(asked.request().nonce());
    }

    @Test
    void aRequestThatWasRedirectedOnItsWayShowsInTheReceipt() throws Refused {
        Answer answer =
                answer(call(asked.request().headers(), TARGET, Route.AnswerShape.KILN_1), 200);

        var bad = catchThrowableOfType(BadAnswer.class, () -> check(asked.request(), answer));

        assertThat(bad.fault()).isEqualTo(BadAnswer.Fault.REQUEST_MISMATCH);
    }

    @Test
    void aSavedExchangeIsCheckedAsAnyOther() throws Refused, BadAnswer {
        Answer answer =
                answer(
                        call(asked.request().headers(), "/TextEmbedding", Route.AnswerShape.KILN_1),
                        429);
        var exchange =
                new Exchange(
                        "POST",
                        "/TextEmbedding",
                        asked.request().headers(),
                        asked.body(),
                        answer,
                        clock.epochNanos(),
                        BOB.hotkey(),
                        BOB.scheme());

        Receipt receipt = Exchange.parse(exchange.toJson()).check();

        assertThat(receipt.status()).isEqualTo(429);
        assertThat(receipt.requestDigest()).isEqualTo(asked.request().digest());
    }
}
