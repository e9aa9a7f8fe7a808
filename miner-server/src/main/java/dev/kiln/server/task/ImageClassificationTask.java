package dev.kiln.server.task;

import dev.kiln.core.Refused;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import java.util.List;
import java.util.Set;

/// Images to labels: a JPEG or PNG as the body, or base64 in JSON. The model decodes them, within its bounds.
public final class ImageClassificationTask implements Task {
    private static final Set<String> MEDIA =
            Set.of("application/json", "application/octet-stream", "image/jpeg", "image/png");

    private final Setting setting;
    private final Choice<Purpose.ImageClassification> models;

    public ImageClassificationTask(Setting setting) {
        this.setting = setting;
        this.models = new Choice<>(setting.models(), Purpose.ImageClassification.class);
    }

    @Override
    public String name() {
        return setting.name();
    }

    @Override
    public Set<String> media() {
        return MEDIA;
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        BlobRequest request = BlobRequest.read(asked, setting.limits().items());
        var chosen = models.of(request.model());
        List<ModelInput> images =
                request.blobs().stream().<ModelInput>map(ModelInput.Image::new).toList();
        return Labelled.of(chosen.name(), chosen.purpose().labels(), request, images);
    }
}
