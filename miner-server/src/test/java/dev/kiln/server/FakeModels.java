package dev.kiln.server;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import dev.kiln.server.config.Config;
import dev.kiln.server.rotation.ModelOpener;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Models without an engine: `embedded:<letter>` gives `[the letter, the text's length, 0 …]` and fails as told.
final class FakeModels implements ModelOpener {
    /// How one source behaves; changed by the test while it serves.
    static final class Behaviour {
        volatile boolean failsToLoad;
        volatile boolean failsItsSamples;
        volatile boolean failsItsRuns;
        volatile boolean givesNan;
        volatile int mostItems = Integer.MAX_VALUE;
        volatile Duration takes = Duration.ZERO;
        volatile boolean losesItsGpu;

        /// Those of several GPUs that are gone under it.
        final Set<String> gone = ConcurrentHashMap.newKeySet();

        /// What runs on one of several devices wait for.
        final Map<String, CountDownLatch> hangsOn = new ConcurrentHashMap<>();

        /// How long a batch takes on one of several devices.
        final Map<String, Duration> takesOn = new ConcurrentHashMap<>();

        volatile int dimension = 2;
        volatile long bytes;
        volatile CountDownLatch hangsUntil = new CountDownLatch(0);
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        final AtomicInteger items = new AtomicInteger();
    }

    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<String, String> lost = new ConcurrentHashMap<>();

    /// How many there are; set before the start.
    volatile int gpus = 1;

    Behaviour of(String source) {
        return behaviours.computeIfAbsent(source, _ -> new Behaviour());
    }

    /// The digest of a source's weights.
    static String digest(String source) {
        return HexFormat.of().toHexDigits((byte) source.charAt(source.length() - 1)).repeat(32);
    }

    @Override
    public List<String> devices(Config.Model model) {
        List<String> all =
                IntStream.range(0, gpus)
                        .mapToObj(index -> "cuda:" + index)
                        .filter(device -> !lost.containsKey(device))
                        .toList();
        return model.device().equals("cuda") && !all.isEmpty() ? all : List.of(model.device());
    }

    @Override
    public ModelAdapter open(Config.Model model, String device) throws ModelLoadException {
        Behaviour behaviour = of(model.source());
        if (behaviour.failsToLoad) {
            throw new IllegalStateException("planted: the file is torn");
        }
        behaviour.opened.incrementAndGet();
        return new Fake(model, behaviour, device(model, device));
    }

    @Override
    public void lost(String device, String why) {
        lost.put(device, why);
    }

    /// A GPU is there until it is lost.
    private ModelInfo.Device device(Config.Model model, String wanted) throws ModelLoadException {
        if (!wanted.startsWith("cuda")) {
            return new ModelInfo.Device("cpu", "cpu", "cpu");
        }
        boolean there = IntStream.range(0, gpus).anyMatch(i -> wanted.equals("cuda:" + i));
        if (there && !lost.containsKey(wanted)) {
            return new ModelInfo.Device(model.device(), wanted, wanted, 97, "");
        }
        String why = lost.getOrDefault(wanted, "no such GPU");
        if (model.requireGpu()) {
            throw new ModelLoadException("model " + model.name(), List.of(why));
        }
        return new ModelInfo.Device(model.device(), "cpu", "cpu", 100, why);
    }

    @Override
    public OptionalLong bytes(Config.Model model) {
        return OptionalLong.of(of(model.source()).bytes);
    }

    private record Text(String text) implements Prepared {
        @Override
        public int cost() {
            return Math.max(1, text.length());
        }
    }

    private record Fake(Config.Model model, Behaviour behaviour, ModelInfo.Device device)
            implements ModelAdapter {
        @Override
        public ModelInfo info() {
            return new ModelInfo(
                    model.name(),
                    digest(model.source()),
                    "fake",
                    new Purpose.TextEmbedding(behaviour.dimension),
                    device);
        }

        private void requireDevice() throws ModelFault {
            if (device.onGpu()
                    && (behaviour.losesItsGpu || behaviour.gone.contains(device.active()))) {
                throw ModelFault.deviceLost("CUDA failure 719: planted");
            }
        }

        @Override
        public Prepared prepare(ModelInput input) throws UnfitInput {
            if (input instanceof ModelInput.Text(String text)) {
                return new Text(text);
            }
            throw new UnfitInput("texts alone");
        }

        @Override
        public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
            try {
                behaviour.hangsOn.getOrDefault(device.active(), behaviour.hangsUntil).await();
            } catch (InterruptedException e) {
                throw new ModelFault("interrupted", e);
            }
            requireDevice();
            if (behaviour.failsItsRuns) {
                throw new ModelFault("planted");
            }
            if (batch.size() > behaviour.mostItems) {
                throw ModelFault.outOfMemory("planted: no memory for %d".formatted(batch.size()));
            }
            Duration takes = behaviour.takesOn.getOrDefault(device.active(), behaviour.takes);
            LockSupport.parkNanos(takes.toNanos());
            behaviour.items.addAndGet(batch.size());
            return batch.stream().map(item -> output((Text) item)).toList();
        }

        private ModelOutput output(Text item) {
            float letter = model.source().charAt(model.source().length() - 1);
            float[] vector = new float[Math.max(2, behaviour.dimension)];
            vector[0] = behaviour.givesNan ? Float.NaN : letter;
            vector[1] = item.text().length();
            return new ModelOutput.Embedding(vector, 1, false);
        }

        @Override
        public void prove() throws ModelFault {
            requireDevice();
            if (behaviour.failsItsSamples) {
                throw new ModelFault("a golden sample came out wrong");
            }
        }

        @Override
        public boolean shareable() {
            return true;
        }

        @Override
        public void close() {
            behaviour.closed.incrementAndGet();
        }
    }
}
