package dev.kiln.core;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.UnfitInput;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The straight line itself: verify, admit, decode, run, encode, sign.
///
/// **Threads:** [#screen] on an event loop, before the body is read. [#answer] on the call's own virtual thread;
/// interrupting that thread means that the client left.
public final class CallPath {
    private static final System.Logger LOG = System.getLogger(CallPath.class.getName());

    private final Verifier verifier;
    private final Admission admission;
    private final Served served;
    private final RefusalReplies refusals;
    private final Time time;
    private final AtomicLong faultIds = new AtomicLong();

    public CallPath(
            Verifier verifier,
            Admission admission,
            Served served,
            RefusalReplies refusals,
            Time time) {
        this.verifier = verifier;
        this.admission = admission;
        this.served = served;
        this.refusals = refusals;
        this.time = time;
    }

    /// The gates that need only headers.
    public Verifier.Screened screen(RequestHead head, Route route) throws Refused {
        return verifier.screen(head, route);
    }

    /// Answers a call whose headers passed. Never throws: a refusal, a fault and a bug each have their reply.
    ///
    /// @param body every byte of it, as received
    /// @param outlet takes what goes out before the whole reply is known; nothing, unless the task says so
    public Answered answer(Verifier.Screened screened, byte[] body, Outlet outlet) {
        Course course = new Course(screened.head(), outlet, time.tick());
        try {
            Call call = verifier.verify(screened, body);
            course.verified(call, time.tick());
            verifier.count(call);
            try (Admission.Permit permit = admission.enter(call.caller())) {
                course.entered(permit);
                Task.Question question = question(call, screened.head());
                List<ModelOutput> outputs = run(question, call, course);
                course.encoding(time.tick());
                Optional<Reply> sent = course.sent();
                Reply reply = sent.isPresent() ? sent.get() : question.encode(outputs);
                return seal(reply, course, Optional.empty(), "");
            }
        } catch (Refused refused) {
            return refuse(refused, course);
        } catch (UnfitInput unfit) {
            return refuse(
                    new Refused(Refusal.TASK_BAD_INPUT, String.valueOf(unfit.getMessage())),
                    course);
        } catch (ModelFault _) {
            return refuse(
                    new Refused(Refusal.RUN_MODEL_ERROR, "the model failed on this batch"), course);
        } catch (InterruptedException _) {
            return refuse(course.givenUp(), course);
        } catch (RuntimeException bug) {
            return refuse(internalError(bug), course);
        }
    }

    private Task.Question question(Call call, RequestHead head) throws Refused {
        Task task = served.tasks().get(call.route().task());
        if (task == null) {
            throw new IllegalStateException(
                    "this is a bug: route %s names no task".formatted(call.route().path()));
        }
        return task.decode(new Task.Asked(call.caller(), head, call.body()));
    }

    private List<ModelOutput> run(Task.Question question, Call call, Course course)
            throws Refused, UnfitInput, ModelFault, InterruptedException {
        if (question.inputs().isEmpty()) {
            return List.of();
        }
        Slot slot = served.slots().get(question.model());
        if (slot == null) {
            throw new Refused(Refusal.TASK_UNKNOWN_MODEL, "no model of this name is served here");
        }
        Terms terms = call.terms(question.patience());
        course.due(terms.due());
        question.pieces().ifPresent(course::streams);
        var work =
                new Slot.Work(call.id(), question.inputs(), terms, question.pieces().isPresent());
        Ticket.Ran ran = slot.run(work, course);
        course.ran(ran);
        return ran.outputs();
    }

    /// Sends an answer's pieces as they become ready.
    ///
    /// @return the whole answer
    private static Reply send(
            Task.Pieces pieces, int count, Ticket ticket, Call call, Outlet outlet)
            throws Refused, ModelFault, InterruptedException {
        var body = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            byte[] piece = pieces.encode(i, ticket.await(i));
            if (i == 0) {
                Reply head = new Reply(200, pieces.contentType(), new byte[0]);
                outlet.open(head.with(call.seal().opening(200)));
            }
            outlet.piece(piece);
            body.writeBytes(piece);
        }
        return new Reply(200, pieces.contentType(), body.toByteArray());
    }

    private Answered refuse(Refused refused, Course course) {
        Reply reply = refusals.reply(refused, course.head, course.call != null);
        return seal(
                reply, course, Optional.of(refused.reason()), String.valueOf(refused.getMessage()));
    }

    private Answered seal(Reply reply, Course course, Optional<Refusal> refusal, String detail) {
        Call call = course.call;
        Asserted asserted = course.asserted(reply.contentType());
        long beganTick = time.tick();
        long encodeMicros = course.encodeMicros(beganTick);
        if (call == null) {
            return new Answered(
                    reply, Optional.empty(), refusal, detail, false, asserted, encodeMicros, 0);
        }
        Optional<Caller> caller = Optional.of(call.caller());
        boolean late = refusal.isEmpty() && course.late(beganTick);
        try {
            Reply signed = reply.with(call.seal().seal(reply.status(), reply.body(), asserted));
            long signMicros = (time.tick() - beganTick) / 1000;
            return new Answered(
                    signed, caller, refusal, detail, late, asserted, encodeMicros, signMicros);
        } catch (RuntimeException fault) {
            LOG.log(System.Logger.Level.ERROR, "an answer could not be signed", fault);
            Refused unsigned =
                    new Refused(Refusal.REPLY_SIGN_ERROR, "the answer could not be signed");
            return new Answered(
                    refusals.reply(unsigned, course.head, true),
                    caller,
                    Optional.of(unsigned.reason()),
                    String.valueOf(unsigned.getMessage()),
                    false,
                    asserted,
                    encodeMicros,
                    0);
        }
    }

    private Refused internalError(RuntimeException bug) {
        String id =
                "%s-%d".formatted(Long.toHexString(time.epochNanos()), faultIds.incrementAndGet());
        LOG.log(System.Logger.Level.ERROR, "internal error " + id, bug);
        return new Refused(Refusal.INTERNAL_ERROR, "internal error " + id);
    }

    /// What is known of one call so far. Confined to the call's thread.
    private final class Course implements Slot.Witness {
        private final RequestHead head;
        private final Outlet outlet;
        private Admission.@Nullable Permit permit;
        private long lastTick;
        private long encodeBeganTick;
        private @Nullable Call call;
        private @Nullable Deadline due;
        private @Nullable ModelInfo model;
        private Task.@Nullable Pieces pieces;
        private @Nullable Reply sent;
        private int batchSize;
        private Stages stages = Stages.NONE;

        Course(RequestHead head, Outlet outlet, long beganTick) {
            this.head = head;
            this.outlet = outlet;
            this.lastTick = beganTick;
        }

        void verified(Call verified, long nowTick) {
            call = verified;
            stages = stages.withVerify((nowTick - lastTick) / 1000);
            lastTick = nowTick;
        }

        /// When its caller wants the answer.
        void due(Deadline then) {
            due = then;
        }

        boolean late(long nowTick) {
            return due != null && due.passed(nowTick);
        }

        void entered(Admission.Permit given) {
            permit = given;
        }

        /// Why its thread was interrupted.
        Refused givenUp() {
            return permit != null && permit.cancelled()
                    ? new Refused(Refusal.RUN_CANCELLED, "the operator had this call given up")
                    : new Refused(Refusal.RUN_CALLER_GONE, "the client left");
        }

        @Override
        public void took(ModelInfo taken) {
            model = taken;
        }

        @Override
        public void prepared() {
            long nowTick = time.tick();
            stages = stages.withPrepare((nowTick - lastTick) / 1000);
            lastTick = nowTick;
        }

        /// The answer leaves piece by piece.
        void streams(Task.Pieces piecewise) {
            pieces = piecewise;
        }

        @Override
        public void waits(Ticket ticket, int items)
                throws Refused, ModelFault, InterruptedException {
            if (pieces != null && call != null) {
                sent = send(pieces, items, ticket, call, outlet);
            }
        }

        void ran(Ticket.Ran ran) {
            batchSize = ran.batchSize();
            stages = ran.stages().withVerify(stages.verify()).withPrepare(stages.prepare());
        }

        /// What has gone out in pieces already.
        Optional<Reply> sent() {
            return Optional.ofNullable(sent);
        }

        void encoding(long nowTick) {
            encodeBeganTick = nowTick;
        }

        long encodeMicros(long nowTick) {
            return encodeBeganTick == 0 ? 0 : (nowTick - encodeBeganTick) / 1000;
        }

        Asserted asserted(String contentType) {
            return new Asserted(contentType, Optional.ofNullable(model), batchSize, stages);
        }
    }
}
