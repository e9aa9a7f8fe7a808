package dev.kiln.loadtest.drill;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A run that never comes back.
record HangFault() implements Fault {
    private static final Duration BACK = Duration.ofSeconds(30);
    private static final int HONEST = 10;

    @Override
    public String name() {
        return "hang";
    }

    @Override
    public String deed() {
        return "a run of a model never comes back; limits.hung-run is %d s"
                .formatted(Ground.HUNG.toSeconds());
    }

    @Override
    public String promise() {
        return "its caller has an answer by the deadline of %d s, the other model goes on, and the model answers again by itself"
                .formatted(Ground.DEADLINE.toSeconds());
    }

    @Override
    public Seen strike(Ground ground) throws InterruptedException {
        long start = System.nanoTime();
        var stuck = new CompletableFuture<String>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        stuck.complete(ground.moody(MoodyModel.HANGS));
                    } catch (InterruptedException e) {
                        stuck.completeExceptionally(e);
                    }
                });
        int honest = ground.honest(HONEST);
        String told = told(stuck);
        double waited = (System.nanoTime() - start) / 1e9;
        double back = Ground.within(BACK, () -> ground.moody(1).equals("200"));
        double hangs = ground.metrics().sum("kiln_model_hangs_total").orElse(0);
        boolean inTime = waited <= Ground.DEADLINE.toSeconds() + 2;
        return new Seen(
                !told.startsWith("lost")
                        && !told.startsWith("200")
                        && inTime
                        && honest == HONEST
                        && back >= 0
                        && hangs >= 1,
                "its caller was told %s after at most %.1f s; %d of %d of the other model's calls answered; %s; %.0f hang counted"
                        .formatted(
                                told,
                                waited,
                                honest,
                                HONEST,
                                back < 0
                                        ? "not back within %d s".formatted(BACK.toSeconds())
                                        : "back %.1f s later".formatted(back),
                                hangs));
    }

    private static String told(CompletableFuture<String> stuck) throws InterruptedException {
        try {
            return stuck.get();
        } catch (ExecutionException e) {
            return "lost: interrupted";
        }
    }
}
