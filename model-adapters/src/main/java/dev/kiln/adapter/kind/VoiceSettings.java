package dev.kiln.adapter.kind;

import java.util.List;
import java.util.Optional;

/// How sound becomes frames: the `voice` section of a `model.yaml`.
///
/// @param rate samples a second
/// @param frame samples of one frame
/// @param context samples of the frame before that go in front of each frame; 0 where the model keeps its own; at
///     most a frame
/// @param rateInput the input that is told the rate, if the model has one
/// @param state the tensor that a run gives and the next run of the same stream takes; empty where the model keeps its
///     own, which then hears whole clips only
public record VoiceSettings(
        int rate, int frame, int context, Optional<String> rateInput, Optional<State> state) {
    /// What a stream carries from one run to the next.
    ///
    /// @param input the name it goes in under
    /// @param output the name it comes out under
    /// @param shape its axes, -1 for the batch
    public record State(String input, String output, List<Long> shape) {
        public State {
            shape = List.copyOf(shape);
        }
    }
}
