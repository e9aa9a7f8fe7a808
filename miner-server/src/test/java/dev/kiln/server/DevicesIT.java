package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One name on several GPUs, behind real HTTP. The GPUs are fakes, the rest is the server as it is.
class DevicesIT extends Live {
    @BeforeEach
    void onTwoGpus() throws Exception {
        miner.drain();
        models.gpus = 2;
        serve(A);
        launch();
    }

    private void serve(String source) throws Exception {
        configure(source, "");
        String text =
                Files.readString(file)
                        .replace(
                                "engine-threads: 1",
                                "device: cuda, engine-threads: 2, batch: {max-items: 1}");
        Files.writeString(file, text);
    }

    private JsonNode model() throws Exception {
        String page = ready();
        return new JsonMapper().readTree(page.substring(page.indexOf('{'))).at("/models/0");
    }

    private String state() throws Exception {
        String page = ready();
        return new JsonMapper().readTree(page.substring(page.indexOf('{'))).path("state").asText();
    }

    private List<String> active() throws Exception {
        List<String> active = new ArrayList<>();
        model().path("devices").forEach(device -> active.add(device.path("active").asText()));
        return active;
    }

    private double items(String device) throws Exception {
        String series = "kiln_device_items_total{device=\"%s\",model=\"m\"} ".formatted(device);
        return page("/metrics")
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElse(0);
    }

    /// Calls from several callers at once while something happens.
    ///
    /// @return how many were answered; all were
    private int whileCalled(int callers, Happening happening) throws Exception {
        var going = new AtomicBoolean(true);
        List<Future<Integer>> counts = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < callers; caller++) {
                counts.add(
                        threads.submit(() -> {
                            int mine = 0;
                            while (going.get()) {
                                answeredBy();
                                mine++;
                            }
                            return mine;
                        }));
            }
            try {
                happening.happen();
            } finally {
                going.set(false);
            }
            int answered = 0;
            for (Future<Integer> count : counts) {
                answered += count.get();
            }
            return answered;
        }
    }

    private interface Happening {
        void happen() throws Exception;
    }

    @Test
    void everyGpuTakesPartAndTheSlowOneLess() throws Exception {
        models.of(A).takesOn.put("cuda:0", Duration.ofMillis(50));
        models.of(A).takesOn.put("cuda:1", Duration.ofMillis(150));

        whileCalled(
                16,
                () -> {
                    while (items("cuda:1") < 10 || items("cuda:0") < 40) {
                        Thread.onSpinWait();
                    }
                });

        assertThat(active()).containsExactly("cuda:0", "cuda:1");
        assertThat(state()).isEqualTo("ready");
        assertThat(items("cuda:0")).isGreaterThan(1.5 * items("cuda:1"));
        assertThat(page("/metrics"))
                .contains(
                        "kiln_model_device{active=\"cuda:0\",model=\"m\",proved=\"cuda:0\",requested=\"cuda\"} 1",
                        "kiln_model_device{active=\"cuda:1\",model=\"m\",proved=\"cuda:1\",requested=\"cuda\"} 1");
    }

    @Test
    void aLostGpuLeavesTheOtherServing() throws Exception {
        models.of(A).gone.add("cuda:1"); // nobody calls: the golden batch alone finds it
        while (!active().equals(List.of("cuda:0", "none"))) {
            Thread.onSpinWait();
        }

        assertThat(state()).isEqualTo("degraded");
        double before = items("cuda:0");
        int answered =
                whileCalled(
                        4,
                        () -> {
                            while (items("cuda:0") < before + 20) {
                                Thread.onSpinWait();
                            }
                        });
        assertThat(items("cuda:0")).isEqualTo(before + answered);
        assertThat(events()).contains("down");
        assertThat(admin("models").at("/models/0/devices/1/state").asText()).isEqualTo("down");
        assertThat(admin("models").at("/models/0/devices/1/device").asText()).isEqualTo("cuda:1");
        assertThat(admin("models").at("/models/0/state").asText()).isEqualTo("serving");
    }

    @Test
    void whenTheLastGpuIsLostTheProcessorAnswers() throws Exception {
        models.of(A).gone.add("cuda:0");
        models.of(A).gone.add("cuda:1");
        while (!active().contains("cpu")) {
            Thread.onSpinWait();
        }

        assertThat(answeredBy()).isEqualTo('a');
        assertThat(state()).isEqualTo("degraded");
        assertThat(page("/metrics")).contains("kiln_model_fallback{model=\"m\"} 1");
    }

    @Test
    void whatWaitsBehindAHangRunsOnTheOtherDevice() throws Exception {
        var hang = new CountDownLatch(1);
        models.of(A).hangsOn.put("cuda:1", hang);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                calls.add(threads.submit(() -> ask().status()));
            }
            await(() -> miner.fleet().hangs("m") > 0);
            models.of(A).hangsOn.clear();
            assertThat(answeredBy()).isEqualTo('a');
            hang.countDown();
            for (Future<Integer> call : calls) {
                assertThat(call.get()).isEqualTo(200);
            }
        }

        while (!active().equals(List.of("cuda:0", "cuda:1"))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void swapsAndRollbacksLoseNothingOnTwoDevices() throws Exception {
        int answered =
                whileCalled(
                        4,
                        () -> {
                            for (int swap = 0; swap < 10; swap++) {
                                serve(swap % 2 == 0 ? B : A);
                                assertThat(admin("config/apply").path("ok").asBoolean()).isTrue();
                            }
                            assertThat(admin("models/rollback").path("ok").asBoolean()).isTrue();
                        });

        assertThat(answered).isPositive();
        assertThat(models.of(A).items.get() + models.of(B).items.get()).isEqualTo(answered);
        assertThat(active()).containsExactly("cuda:0", "cuda:1");
        int opened = models.of(A).opened.get() + models.of(B).opened.get();
        await(() -> models.of(A).closed.get() + models.of(B).closed.get() == opened - 2);
    }

    @Test
    void aCandidateIsTriedOnEveryDeviceAndPromotedToAll() throws Exception {
        canary(50);
        List<Character> by = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            by.add(answeredBy());
        }

        assertThat(by).contains('a', 'b');
        assertThat(admin("models/promote").path("ok").asBoolean()).isTrue();
        assertThat(answeredBy()).isEqualTo('b');
        assertThat(models.of(B).opened).hasValue(2);
        assertThat(active()).containsExactly("cuda:0", "cuda:1");
    }

    @Test
    void aGpuThatCannotBeUsedAtTheStartIsLeftOut() throws Exception {
        miner.drain();
        models.lost("cuda:0", "planted");
        launch();

        assertThat(model().at("/device/active").asText()).isEqualTo("cuda:1");
        assertThat(model().has("devices")).isFalse();
        assertThat(state()).isEqualTo("ready");
        assertThat(answeredBy()).isEqualTo('a');
        assertThat(Optional.of(items("cuda:1")).filter(ran -> ran > 0)).isPresent();
    }
}
