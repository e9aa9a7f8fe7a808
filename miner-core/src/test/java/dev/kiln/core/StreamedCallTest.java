package dev.kiln.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Answers that go out piece by piece. The lane runs one word at a time, each when a test lets it.
@Timeout(60)
class StreamedCallTest {
    private static final Route ROUTE =
            new Route("/s", "words", 1000, Duration.ofSeconds(60), true, Route.AnswerShape.KILN_1);

    private final ManualTime time = new ManualTime();
    private final GatedAdapter adapter = new GatedAdapter(0);
    private final Lane lane =
            Lane.start(
                    adapter,
                    new LaneSettings(new BatchPolicy(1, 100, 1, Duration.ZERO), 1, 1000),
                    time);
    private final Admission admission = new Admission(2, 2);
    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> sealed = new LinkedBlockingQueue<>();

    @AfterEach
    void closeLane() {
        adapter.leave.release(100);
        lane.close();
    }

    private final class Recording implements Outlet {
        @Override
        public void open(Reply head) {
            sent.add("%d %s %s".formatted(head.status(), head.contentType(), head.headers()));
        }

        @Override
        public void piece(byte[] bytes) {
            sent.add(new String(bytes, UTF_8));
        }
    }

    private FutureTask<Answered> asking(String words) {
        var path =
                new CallPath(
                        new Trusting(),
                        admission,
                        new Served(
                                Map.of("words", new Words()),
                                Map.of("echo", new Slot("echo", List.of(lane), time))),
                        (refused, _, _) -> new Reply(400, "text/plain", new byte[0]),
                        time);
        var head = new RequestHead("POST", "/s", List.of(), "127.0.0.1", 0, time.tick());
        return new FutureTask<>(() ->
                path.answer(path.screen(head, ROUTE), words.getBytes(UTF_8), new Recording()));
    }

    private static Thread start(FutureTask<Answered> task) {
        return Thread.ofVirtual().start(task);
    }

    @Test
    void aPieceIsOutBeforeTheNextIsComputedAndTheSealCoversAll()
            throws InterruptedException, ExecutionException {
        FutureTask<Answered> asked = asking("a,bbb");
        start(asked);
        adapter.leave.release();

        assertThat(sent.take()).isEqualTo("200 text/event-stream [Header[name=X, value=open]]");
        assertThat(sent.take()).isEqualTo("0:1.0;");
        assertThat(asked.isDone()).isFalse();
        adapter.leave.release();

        assertThat(asked.get().refusal()).isEmpty();
        assertThat(sent).containsExactly("1:3.0;");
        assertThat(sealed).containsExactly("200 0:1.0;1:3.0;");
        assertThat(new String(asked.get().reply().body(), UTF_8)).isEqualTo("0:1.0;1:3.0;");
        assertThat(asked.get().asserted().batchSize()).isEqualTo(1);
    }

    @Test
    void aRefusalBeforeTheFirstPieceIsAnOrdinaryOne()
            throws InterruptedException, ExecutionException {
        FutureTask<Answered> asked = asking("fault,a");
        start(asked);
        adapter.leave.release(2);

        assertThat(asked.get().refusal()).contains(Refusal.RUN_MODEL_ERROR);
        assertThat(asked.get().reply().status()).isEqualTo(400);
        assertThat(sent).isEmpty();
    }

    @Test
    void aFaultInTheMiddleEndsItUnsealedAsAnAnswer()
            throws InterruptedException, ExecutionException {
        FutureTask<Answered> asked = asking("a,fault");
        start(asked);
        adapter.leave.release();
        sent.take();
        sent.take();
        adapter.leave.release();

        assertThat(asked.get().refusal()).contains(Refusal.RUN_MODEL_ERROR);
        assertThat(sent).isEmpty();
        assertThat(sealed).containsExactly("400 ");
        assertThat(admission.inside()).isZero();
    }

    @Test
    void aClientThatLeavesInTheMiddleStopsWhatStillWaits()
            throws InterruptedException, ExecutionException {
        FutureTask<Answered> asked = asking("a,b,c,d");
        Thread call = start(asked);
        adapter.leave.release();
        sent.take();
        sent.take();
        adapter.running.acquire(2);
        call.interrupt();

        assertThat(asked.get().refusal()).contains(Refusal.RUN_CALLER_GONE);
        assertThat(admission.inside()).isZero();
        assertThat(lane.facts().queuedItems()).isZero();
        assertThat(adapter.batches).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void aDeadlineThatPassesInTheMiddleIsNotWaitedOut()
            throws InterruptedException, ExecutionException {
        FutureTask<Answered> asked = asking("late:a,b");
        start(asked);
        adapter.leave.release();

        assertThat(asked.get().refusal()).contains(Refusal.RUN_EXPIRED);
        assertThat(sent).hasSize(2);
    }

    /// Trusts everybody; whoever says `late:` has three seconds.
    private final class Trusting implements Verifier {
        private record Trusted(RequestHead head, Route route) implements Screened {}

        @Override
        public Screened screen(RequestHead head, Route route) {
            return new Trusted(head, route);
        }

        @Override
        public Call verify(Screened screened, byte[] body) {
            boolean late = new String(body, UTF_8).startsWith("late:");
            Duration patience = late ? Duration.ofSeconds(3) : screened.route().deadline();
            return new Call(
                    1,
                    new Caller.KeyHolder("a"),
                    screened.route(),
                    body,
                    Deadline.after(time.tick(), patience),
                    time.tick(),
                    new Sealing());
        }
    }

    private final class Sealing implements Seal {
        @Override
        public List<Header> seal(int status, byte[] body, Asserted asserted) {
            sealed.add(status + " " + new String(body, UTF_8));
            return List.of(new Header("X", "sealed"));
        }

        @Override
        public List<Header> opening(int status) {
            return List.of(new Header("X", "open"));
        }
    }

    /// Answers with the length of each comma-separated word.
    private static final class Words implements Task {
        @Override
        public String name() {
            return "words";
        }

        @Override
        public Question decode(Asked asked) {
            String words = new String(asked.body(), UTF_8).replaceFirst("^late:", "");
            return new Streamed(
                    Arrays.stream(words.split(",", -1))
                            .<ModelInput>map(ModelInput.Text::new)
                            .toList());
        }
    }

    private record Streamed(List<ModelInput> inputs) implements Task.Question, Task.Pieces {
        @Override
        public String model() {
            return "echo";
        }

        @Override
        public Optional<Task.Pieces> pieces() {
            return Optional.of(this);
        }

        @Override
        public String contentType() {
            return "text/event-stream";
        }

        @Override
        public byte[] encode(int index, ModelOutput output) {
            float length = ((ModelOutput.Embedding) output).vector()[0];
            return "%d:%s;".formatted(index, length).getBytes(UTF_8);
        }

        @Override
        public Reply encode(List<ModelOutput> outputs) {
            throw new IllegalStateException("the pieces were sent already");
        }
    }
}
