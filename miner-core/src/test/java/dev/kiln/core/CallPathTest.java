package dev.kiln.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CallPathTest {
    private static final Route ROUTE =
            new Route(
                    "/echo",
                    "lengths",
                    1000,
                    Duration.ofSeconds(10),
                    true,
                    Route.AnswerShape.KILN_1);

    private final ManualTime time = new ManualTime();
    private final GatedAdapter adapter = new GatedAdapter(1000);
    private final Lane lane =
            Lane.start(
                    adapter,
                    new LaneSettings(new BatchPolicy(8, 100, 1, Duration.ZERO), 1, 1000),
                    time);
    private final List<String> sealed = new ArrayList<>();
    private final Admission admission = new Admission(2, 2);

    @AfterEach
    void closeLane() {
        lane.close();
    }

    private CallPath path() {
        return new CallPath(
                new TrustingVerifier(),
                admission,
                new Served(
                        Map.of("lengths", new Lengths()),
                        Map.of("echo", new Slot("echo", List.of(lane), time))),
                (refused, _, known) ->
                        new Reply(
                                known ? 400 : 401,
                                "text/plain",
                                refused.reason().name().getBytes(UTF_8)),
                time);
    }

    private Answered ask(String body) throws Refused {
        RequestHead head = new RequestHead("POST", "/echo", List.of(), "127.0.0.1", 0, time.tick());
        CallPath path = path();
        return path.answer(path.screen(head, ROUTE), body.getBytes(UTF_8), Outlet.NONE);
    }

    @Test
    void aCallIsDecodedRunEncodedAndSealed() throws Refused {
        Answered answered = ask("a,bbb");

        assertThat(new String(answered.reply().body(), UTF_8)).isEqualTo("1.0 3.0");
        assertThat(answered.refusal()).isEmpty();
        assertThat(answered.asserted().model().orElseThrow().name()).isEqualTo("echo");
        assertThat(answered.asserted().batchSize()).isPositive();
        assertThat(answered.reply().headers()).containsExactly(new Header("X-Sealed", "yes"));
        assertThat(sealed).containsExactly("200 1.0 3.0");
        assertThat(admission.inside()).isZero();
    }

    @Test
    void aRefusalOfAProvedCallerIsSealed() throws Refused {
        assertThat(ask("a,,b").refusal()).contains(Refusal.TASK_BAD_INPUT);
        assertThat(sealed).containsExactly("400 TASK_BAD_INPUT");
        assertThat(admission.inside()).isZero();
    }

    @Test
    void aModelThatIsNotServedIsRefused() throws Refused {
        assertThat(ask("other").refusal()).contains(Refusal.TASK_UNKNOWN_MODEL);
    }

    @Test
    void aStrangersRefusalIsNot() throws Refused {
        Answered answered = ask("stranger");

        assertThat(answered.refusal()).contains(Refusal.AUTH_BAD_SIGNATURE);
        assertThat(answered.reply().status()).isEqualTo(401);
        assertThat(answered.caller()).isEmpty();
        assertThat(sealed).isEmpty();
    }

    @Test
    void anEnginesFaultKeepsItsDetailsInside() throws Refused {
        Answered answered = ask("fault");

        assertThat(answered.refusal()).contains(Refusal.RUN_MODEL_ERROR);
        assertThat(answered.detail()).doesNotContain("planted");
    }

    @Test
    void aBugIsAnsweredWithAnIdAndNothingMore() throws Refused {
        Answered answered = ask("crash the task");

        assertThat(answered.refusal()).contains(Refusal.INTERNAL_ERROR);
        assertThat(answered.detail()).matches("internal error [0-9a-f]+-1");
        assertThat(admission.inside()).isZero();
    }

    @Test
    void anAnswerThatCannotBeSignedIsNotSent() throws Refused {
        Answered answered = ask("unsealable");

        assertThat(answered.refusal()).contains(Refusal.REPLY_SIGN_ERROR);
        assertThat(answered.reply().headers()).isEmpty();
        assertThat(new String(answered.reply().body(), UTF_8)).isEqualTo("REPLY_SIGN_ERROR");
    }

    @Test
    void aClientThatLeftIsCountedAndItsPlaceIsFree() throws Refused {
        adapter.leave.drainPermits();
        Thread.currentThread().interrupt();

        Answered answered = ask("words");

        adapter.leave.release(10);
        assertThat(answered.refusal()).contains(Refusal.RUN_CALLER_GONE);
        assertThat(admission.inside()).isZero();
    }

    /// Trusts everybody but the body `stranger`.
    @Test
    void anOperatorsCancelIsNotBlamedOnTheClient() throws Exception {
        adapter.leave.drainPermits();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answered> waiting = callers.submit(() -> ask("abc"));
            adapter.running.acquire();

            int cancelled = admission.cancel("api:a");

            assertThat(cancelled).isEqualTo(1);
            assertThat(waiting.get().refusal()).contains(Refusal.RUN_CANCELLED);
            assertThat(sealed).containsExactly("400 RUN_CANCELLED");
        } finally {
            adapter.leave.release(1_000);
        }
        while (lane.busy()) {
            Thread.onSpinWait();
        }
        assertThat(lane.facts().dropped()).isZero();
        assertThat(ask("abc").refusal()).isEmpty();
    }

    private final class TrustingVerifier implements Verifier {
        private record Trusted(RequestHead head, Route route) implements Screened {}

        @Override
        public Screened screen(RequestHead head, Route route) {
            return new Trusted(head, route);
        }

        @Override
        public Call verify(Screened screened, byte[] body) throws Refused {
            String words = new String(body, UTF_8);
            if (words.equals("stranger")) {
                throw new Refused(Refusal.AUTH_BAD_SIGNATURE, "the signature does not hold");
            }
            Seal seal =
                    (status, bytes, _) -> {
                        if (words.equals("unsealable")) {
                            throw new IllegalStateException("planted");
                        }
                        sealed.add(status + " " + new String(bytes, UTF_8));
                        return List.of(new Header("X-Sealed", "yes"));
                    };
            Deadline deadline = Deadline.after(time.tick(), screened.route().deadline());
            return new Call(
                    1,
                    new Caller.KeyHolder("a"),
                    screened.route(),
                    body,
                    deadline,
                    time.tick(),
                    seal);
        }
    }

    /// Answers with the length of each comma-separated word.
    private static final class Lengths implements Task {
        @Override
        public String name() {
            return "lengths";
        }

        @Override
        public Question decode(Asked asked) {
            String words = new String(asked.body(), UTF_8);
            if (words.startsWith("crash")) {
                throw new IllegalStateException("planted");
            }
            return new Question() {
                @Override
                public String model() {
                    return words.startsWith("other") ? "other" : "echo";
                }

                @Override
                public List<ModelInput> inputs() {
                    return Arrays.stream(words.split(",", -1))
                            .<ModelInput>map(ModelInput.Text::new)
                            .toList();
                }

                @Override
                public Reply encode(List<ModelOutput> outputs) {
                    List<String> lengths = new ArrayList<>();
                    for (ModelOutput output : outputs) {
                        lengths.add(String.valueOf(((ModelOutput.Embedding) output).vector()[0]));
                    }
                    return new Reply(200, "text/plain", String.join(" ", lengths).getBytes(UTF_8));
                }
            };
        }
    }
}
