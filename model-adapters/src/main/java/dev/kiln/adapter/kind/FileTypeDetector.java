package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A file's bytes in, a probability for each type of file out, fed as the `magika` package feeds its models.
///
/// A model of this kind is never asked about a file that says too little. Such a file is `txt` if its beginning is
/// UTF-8, else `unknown`, and `empty` if it has no bytes; what of these the model does not know is put behind its labels.
public final class FileTypeDetector implements Kind<FileTypeDetector.Item> {
    private static final String EMPTY = "empty";
    private static final String TEXT = "txt";
    private static final String UNKNOWN = "unknown";

    private final FileTypeSettings settings;
    private final Purpose.FileType purpose;

    public FileTypeDetector(FileTypeSettings settings) {
        this.settings = settings;
        List<String> labels = new ArrayList<>(settings.labels());
        for (String own : List.of(TEXT, EMPTY, UNKNOWN)) {
            if (!labels.contains(own)) {
                labels.add(own);
            }
        }
        this.purpose = new Purpose.FileType(labels);
    }

    @Override
    public Purpose.FileType purpose() {
        return purpose;
    }

    @Override
    public Item prepare(ModelInput input) throws UnfitInput {
        if (!(input instanceof ModelInput.File(byte[] content))) {
            throw new UnfitInput("this model takes files");
        }
        int[] tokens = tokens(content);
        if (content.length == 0) {
            return new Item(new int[0], purpose.labels().indexOf(EMPTY));
        }
        if (content.length < settings.minBytes()
                || tokens[settings.minBytes() - 1] == settings.paddingToken()) {
            String label = isText(content) ? TEXT : UNKNOWN;
            return new Item(new int[0], purpose.labels().indexOf(label));
        }
        return new Item(tokens, -1);
    }

    /// The beginning without leading blanks, filled up behind; then the end without trailing blanks, filled up in front.
    private int[] tokens(byte[] content) {
        int[] tokens = new int[settings.begin() + settings.end()];
        Arrays.fill(tokens, settings.paddingToken());
        int block = Math.min(settings.block(), content.length);
        int from = 0;
        while (from < block && isBlank(content[from])) {
            from++;
        }
        for (int i = 0; i < settings.begin() && from + i < block; i++) {
            tokens[i] = content[from + i] & 0xFF;
        }
        int least = content.length - block;
        int to = content.length;
        while (to > least && isBlank(content[to - 1])) {
            to--;
        }
        for (int i = 1; i <= settings.end() && to - i >= least; i++) {
            tokens[tokens.length - i] = content[to - i] & 0xFF;
        }
        return tokens;
    }

    /// What Python strips of bytes.
    private static boolean isBlank(byte value) {
        return value == ' ' || (value >= '\t' && value <= '\r');
    }

    private boolean isText(byte[] content) {
        int block = Math.min(settings.block(), content.length);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content, 0, block));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    @Override
    public List<ModelOutput> run(Engine engine, List<Item> batch, Arena arena) throws ModelFault {
        List<Item> asked = batch.stream().filter(item -> item.known < 0).toList();
        var answers =
                (asked.isEmpty() ? List.<ModelOutput>of() : ask(engine, asked, arena)).iterator();
        List<ModelOutput> outputs = new ArrayList<>(batch.size());
        for (Item item : batch) {
            float[] probabilities = new float[purpose.labels().size()];
            if (item.known >= 0) {
                probabilities[item.known] = 1;
            } else {
                float[] given = answers.next().as(ModelOutput.Classes.class).probabilities();
                System.arraycopy(given, 0, probabilities, 0, given.length);
            }
            outputs.add(new ModelOutput.Classes(probabilities));
        }
        return outputs;
    }

    private List<ModelOutput> ask(Engine engine, List<Item> asked, Arena arena) throws ModelFault {
        int length = settings.begin() + settings.end();
        String name = engine.inputs().getFirst().name();
        var tokens =
                EngineTensor.allocate(
                        arena, name, DType.INT32, List.of((long) asked.size(), (long) length));
        long at = 0;
        for (Item item : asked) {
            MemorySegment.copy(item.tokens, 0, tokens.data(), ValueLayout.JAVA_INT, at, length);
            at += (long) length * Integer.BYTES;
        }
        EngineTensor scores = engine.run(List.of(tokens), arena).getFirst();
        return Probabilities.of(scores, asked.size(), settings.labels().size(), false);
    }

    /// A file as the model sees it, or the label of one that it is not asked about.
    public static final class Item implements Prepared {
        private final int[] tokens;
        private final int known; // a place among the labels, -1 if the model is to say

        private Item(int[] tokens, int known) {
            this.tokens = tokens;
            this.known = known;
        }

        int[] tokens() {
            return tokens;
        }

        /// Tokens that the model sees, at least 1.
        @Override
        public int cost() {
            return Math.max(1, tokens.length);
        }
    }
}
