package dev.kiln.adapter.kind;

import dev.kiln.core.model.ModelAdapter;

class TorchVoiceConformanceTest extends VoiceConformance {
    @Override
    protected ModelAdapter open() throws Exception {
        return Fetched.model("silero-vad-torch");
    }
}
