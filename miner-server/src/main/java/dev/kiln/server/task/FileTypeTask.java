package dev.kiln.server.task;

import dev.kiln.core.Refused;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import java.util.List;
import java.util.Set;

/// Files to their types: any bytes as the body, or base64 in JSON.
public final class FileTypeTask implements Task {
    private static final Set<String> MEDIA = Set.of("application/json", "application/octet-stream");

    private final Setting setting;
    private final Choice<Purpose.FileType> models;

    public FileTypeTask(Setting setting) {
        this.setting = setting;
        this.models = new Choice<>(setting.models(), Purpose.FileType.class);
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
        List<ModelInput> files =
                request.blobs().stream().<ModelInput>map(ModelInput.File::new).toList();
        return Labelled.of(chosen.name(), chosen.purpose().labels(), request, files);
    }
}
