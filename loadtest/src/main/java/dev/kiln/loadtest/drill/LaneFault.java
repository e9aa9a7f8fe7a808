package dev.kiln.loadtest.drill;

import java.time.Duration;

/// An engine that fails run after run.
record LaneFault() implements Fault {
    /// Above the 32 in a row from which on a lane is suspect.
    private static final int RUNS = 40;

    private static final Duration REBUILT = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "lane";
    }

    @Override
    public String deed() {
        return "%d runs of a model in a row end in an error of the engine".formatted(RUNS);
    }

    @Override
    public String promise() {
        return "each caller is told RUN_MODEL_ERROR, the other model answers, and the lane is replaced by a fresh one without a call lost";
    }

    @Override
    public Seen strike(Ground ground) throws InterruptedException {
        int told = 0;
        String other = "";
        int honest = 0;
        for (int i = 0; i < RUNS; i++) {
            String said = ground.moody(MoodyModel.FAILS);
            if (said.endsWith("RUN_MODEL_ERROR")) {
                told++;
            } else {
                other = said;
            }
            honest += i % 4 == 0 ? ground.honest(1) : 0;
        }
        String good = ground.moody(1);
        double rebuilt =
                Ground.within(
                        REBUILT,
                        () ->
                                ground.metrics().sum("kiln_model_recoveries_total").orElse(0) >= 1
                                        && ground.moody(1).equals("200"));
        return new Seen(
                told == RUNS && honest == RUNS / 4 && good.equals("200") && rebuilt >= 0,
                "%d of %d told RUN_MODEL_ERROR%s; %d of %d of the other model's calls answered; then %s; %s"
                        .formatted(
                                told,
                                RUNS,
                                other.isEmpty() ? "" : " (another: %s)".formatted(other),
                                honest,
                                RUNS / 4,
                                good,
                                rebuilt < 0
                                        ? "no fresh lane within %d s".formatted(REBUILT.toSeconds())
                                        : "a fresh lane after %.1f s".formatted(rebuilt)));
    }
}
