package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Sound in, the probability of speech in each frame out.
///
/// A model whose state goes in and out is stepped frame by frame, all sounds of a batch side by side, each with its own
/// state; it can hear a stream piece by piece. A model that keeps its state to itself hears whole clips only.
///
/// The last frame is filled up with silence. A piece that ends inside a frame therefore ends its stream: no state comes
/// back with it.
public final class VoiceDetector implements Kind<VoiceDetector.Item> {
    private final VoiceSettings settings;
    private final Optional<VoiceSteps> steps;

    public VoiceDetector(VoiceSettings settings) {
        this.settings = settings;
        this.steps = settings.state().map(state -> new VoiceSteps(settings, state));
    }

    @Override
    public Purpose.VoiceActivity purpose() {
        return new Purpose.VoiceActivity(settings.rate(), settings.frame());
    }

    @Override
    public Item prepare(ModelInput input) throws UnfitInput {
        if (!(input instanceof ModelInput.Sound(float[] samples, Optional<float[]> state))) {
            throw new UnfitInput("this model takes sound");
        }
        if (samples.length == 0) {
            throw new UnfitInput("the sound has no samples");
        }
        for (int i = 0; i < samples.length; i++) {
            if (!(Math.abs(samples[i]) <= 1)) {
                throw new UnfitInput(
                        "sample %d is %s, must be from -1 to 1".formatted(i, samples[i]));
            }
        }
        return item(samples, state);
    }

    private Item item(float[] samples, Optional<float[]> state) throws UnfitInput {
        int frames = Math.ceilDiv(samples.length, settings.frame());
        float[] before = new float[settings.context()];
        boolean whole = samples.length % settings.frame() == 0;
        if (steps.isEmpty()) {
            if (state.isPresent()) {
                throw new UnfitInput("this model hears whole clips, not pieces of a stream");
            }
            return new Item(samples, before, frames, new float[0], whole);
        }
        int own = steps.get().stateLength();
        float[] memory = new float[own];
        if (state.isPresent()) {
            float[] given = state.get();
            if (given.length != own + settings.context()) {
                throw new UnfitInput(
                        "the state has %d numbers, must be the %d that came with the piece before"
                                .formatted(given.length, own + settings.context()));
            }
            for (float number : given) {
                if (!Float.isFinite(number)) {
                    throw new UnfitInput("the state holds " + number);
                }
            }
            System.arraycopy(given, 0, memory, 0, own);
            System.arraycopy(given, own, before, 0, settings.context());
        }
        return new Item(samples, before, frames, memory, whole);
    }

    @Override
    public List<ModelOutput> run(Engine engine, List<Item> batch, Arena arena) throws ModelFault {
        return steps.isPresent()
                ? steps.get().run(engine, batch, arena)
                : VoiceClips.run(engine, settings, batch, arena);
    }

    /// A sound as the model hears it.
    public static final class Item implements Prepared {
        private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

        private final float[] samples; // the caller's own, not copied: a clip is large
        private final float[] before; // what the model hears in front of the first frame
        private final int frames;
        private final float[] memory; // the model's state before the first frame
        private final boolean whole;

        private Item(float[] samples, float[] before, int frames, float[] memory, boolean whole) {
            this.samples = samples;
            this.before = before;
            this.frames = frames;
            this.memory = memory;
            this.whole = whole;
        }

        float[] samples() {
            return samples;
        }

        /// Writes one frame behind the end of the frame before it; what is missing of the last one is silence.
        ///
        /// @param to with room for context and frame at this place
        void write(int frame, int length, MemorySegment to, long at) {
            int context = before.length;
            int start = frame * length;
            if (frame == 0) {
                MemorySegment.copy(before, 0, to, FLOAT, at, context);
            } else {
                MemorySegment.copy(samples, start - context, to, FLOAT, at, context);
            }
            int sound = Math.min(length, samples.length - start);
            long behind = at + (long) context * Float.BYTES;
            MemorySegment.copy(samples, start, to, FLOAT, behind, sound);
            to.asSlice(behind + (long) sound * Float.BYTES, (long) (length - sound) * Float.BYTES)
                    .fill((byte) 0);
        }

        int frames() {
            return frames;
        }

        /// A copy of the model's state before the first frame.
        float[] memory() {
            return memory.clone();
        }

        /// What is given back with the last frame, for the next piece.
        float[] state(float[] after, int context) {
            if (!whole) {
                return new float[0];
            }
            float[] state = Arrays.copyOf(after, after.length + context);
            System.arraycopy(samples, samples.length - context, state, after.length, context);
            return state;
        }

        /// Frames.
        @Override
        public int cost() {
            return frames;
        }
    }
}
