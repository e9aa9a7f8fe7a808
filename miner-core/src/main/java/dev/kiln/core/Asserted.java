package dev.kiln.core;

import dev.kiln.core.model.ModelInfo;
import java.util.Optional;

/// What a receipt asserts: the miner's word, for diagnosis; nothing is ever paid for it.
///
/// @param model the model that really ran; empty when none did
/// @param batchSize items in the batch that carried the call's last item; 0 when none ran
/// @param stages times up to the signing
public record Asserted(
        String contentType, Optional<ModelInfo> model, int batchSize, Stages stages) {}
