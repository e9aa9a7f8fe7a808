package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.engine.Faces;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Steps a model frame by frame over sounds of different lengths, the state of each kept apart from the others'.
final class VoiceSteps {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final VoiceSettings settings;
    private final VoiceSettings.State state;
    private final int before; // product of the state's axes in front of the batch axis
    private final int after; // and behind it

    VoiceSteps(VoiceSettings settings, VoiceSettings.State state) {
        this.settings = settings;
        this.state = state;
        int batchAxis = state.shape().indexOf(-1L);
        this.before = product(state.shape().subList(0, batchAxis));
        this.after = product(state.shape().subList(batchAxis + 1, state.shape().size()));
    }

    private static int product(List<Long> axes) {
        return axes.stream().mapToInt(Math::toIntExact).reduce(1, Math::multiplyExact);
    }

    /// Numbers of one sound's state.
    int stateLength() {
        return before * after;
    }

    List<ModelOutput> run(Engine engine, List<VoiceDetector.Item> batch, Arena arena)
            throws ModelFault {
        // The longest first, so that those still sounding are always the first so many.
        List<Integer> order =
                IntStream.range(0, batch.size())
                        .boxed()
                        .sorted(Comparator.comparingInt((Integer i) -> -batch.get(i).frames()))
                        .toList();
        List<Sounding> sounding =
                order.stream().map(place -> new Sounding(batch.get(place))).toList();
        MemorySegment frames = arena.allocate((long) batch.size() * width() * Float.BYTES, 64);
        MemorySegment states =
                arena.allocate((long) batch.size() * stateLength() * Float.BYTES, 64);
        int active = sounding.size();
        for (int frame = 0; frame < sounding.getFirst().item.frames(); frame++) {
            while (sounding.get(active - 1).item.frames() <= frame) {
                active--;
            }
            try (var step = Arena.ofConfined()) {
                step(engine, sounding.subList(0, active), frame, new Memory(frames, states, step));
            }
        }
        ModelOutput[] outputs = new ModelOutput[batch.size()];
        for (int i = 0; i < outputs.length; i++) {
            Sounding one = sounding.get(i);
            outputs[order.get(i)] =
                    new ModelOutput.Speech(
                            one.probabilities, one.item.state(one.memory, settings.context()));
        }
        return List.of(outputs);
    }

    private int width() {
        return settings.context() + settings.frame();
    }

    private void step(Engine engine, List<Sounding> sounding, int frame, Memory memory)
            throws ModelFault {
        for (int i = 0; i < sounding.size(); i++) {
            Sounding one = sounding.get(i);
            one.item.write(
                    frame, settings.frame(), memory.frames, (long) i * width() * Float.BYTES);
            for (int part = 0; part < before; part++) {
                long at = ((long) part * sounding.size() + i) * after * Float.BYTES;
                MemorySegment.copy(one.memory, part * after, memory.states, FLOAT, at, after);
            }
        }
        List<EngineTensor> outputs =
                engine.run(inputs(engine, sounding.size(), memory), memory.step);
        read(outputs, sounding, frame);
    }

    private List<EngineTensor> inputs(Engine engine, int active, Memory memory) throws ModelFault {
        List<EngineTensor> inputs = new ArrayList<>(3);
        for (TensorSpec spec : engine.inputs()) {
            if (spec.name().equals(state.input())) {
                List<Long> shape =
                        state.shape().stream()
                                .map(axis -> axis < 0 ? (long) active : axis)
                                .toList();
                inputs.add(floats(spec.name(), shape, memory.states));
            } else if (spec.name().equals(settings.rateInput().orElse(""))) {
                inputs.add(rate(spec, settings.rate(), memory.step));
            } else {
                List<Long> shape = List.of((long) active, (long) width());
                inputs.add(floats(spec.name(), shape, memory.frames));
            }
        }
        return inputs;
    }

    private static EngineTensor floats(String name, List<Long> shape, MemorySegment memory) {
        long bytes = shape.stream().mapToLong(axis -> axis).reduce(Float.BYTES, (a, b) -> a * b);
        return new EngineTensor(name, DType.FP32, shape, memory.asSlice(0, bytes));
    }

    /// The sampling rate as the model wants to be told it: one number, with or without an axis.
    static EngineTensor rate(TensorSpec spec, int rate, Arena arena) throws ModelFault {
        List<Long> shape = spec.shape().stream().map(axis -> axis < 0 ? 1L : axis).toList();
        EngineTensor tensor = EngineTensor.allocate(arena, spec.name(), spec.dtype(), shape);
        if (spec.dtype() != DType.INT64 || tensor.elements() != 1) {
            throw new ModelFault(
                    "input %s is %s %s, must be one INT64"
                            .formatted(spec.name(), spec.dtype(), spec.shape()));
        }
        tensor.data().set(ValueLayout.JAVA_LONG, 0, rate);
        return tensor;
    }

    private void read(List<EngineTensor> outputs, List<Sounding> sounding, int frame)
            throws ModelFault {
        MemorySegment states =
                Faces.named(outputs, state.output())
                        .filter(found -> found.elements() == (long) sounding.size() * stateLength())
                        .orElseThrow(() -> unfit(outputs, sounding.size()))
                        .data();
        MemorySegment speech =
                outputs.stream()
                        .filter(one -> !one.name().equals(state.output()))
                        .filter(found -> found.elements() == sounding.size())
                        .findFirst()
                        .orElseThrow(() -> unfit(outputs, sounding.size()))
                        .data();
        for (int i = 0; i < sounding.size(); i++) {
            Sounding one = sounding.get(i);
            one.probabilities[frame] = finite(speech.getAtIndex(FLOAT, i));
            for (int part = 0; part < before; part++) {
                long at = ((long) part * sounding.size() + i) * after * Float.BYTES;
                MemorySegment.copy(states, FLOAT, at, one.memory, part * after, after);
            }
        }
    }

    static float finite(float probability) throws ModelFault {
        if (!Float.isFinite(probability)) {
            throw new ModelFault("the probability of speech is " + probability);
        }
        return probability;
    }

    private ModelFault unfit(List<EngineTensor> outputs, int sounds) {
        return new ModelFault(
                "for %d sounds the model gave %s; one number a sound and a state of %d were expected"
                        .formatted(
                                sounds,
                                outputs.stream().map(one -> one.name() + one.shape()).toList(),
                                sounds * stateLength()));
    }

    /// @param step memory of one step
    private record Memory(MemorySegment frames, MemorySegment states, Arena step) {}

    /// One sound while it is heard.
    private static final class Sounding {
        private final VoiceDetector.Item item;
        private final float[] memory;
        private final float[] probabilities;

        Sounding(VoiceDetector.Item item) {
            this.item = item;
            this.memory = item.memory();
            this.probabilities = new float[item.frames()];
        }
    }
}
