package dev.kiln.adapter.kind;

import java.util.List;

/// How a file's bytes become tokens: the `file-type` section of a `model.yaml`.
///
/// @param begin tokens taken from the file's beginning
/// @param end tokens taken from its end
/// @param block bytes looked at on either side, whose blanks are stripped first
/// @param paddingToken fills up a short file, outside 0 to 255
/// @param minBytes fewest bytes of content that the model is asked about
/// @param labels in the order of the model's output, at least two
public record FileTypeSettings(
        int begin, int end, int block, int paddingToken, int minBytes, List<String> labels) {
    public FileTypeSettings {
        labels = List.copyOf(labels);
    }
}
