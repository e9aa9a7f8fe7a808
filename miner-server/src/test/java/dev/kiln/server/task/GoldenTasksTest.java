package dev.kiln.server.task;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Header;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every task against its golden files: `tasks/golden/<task>/<case>.request` is asked, `<case>.reply` is answered, byte
/// for byte. Each holds a first line, headers, an empty line and the body; lines end with a newline alone.
class GoldenTasksTest {
    private static final Path GOLDEN = Path.of("src/test/resources/tasks/golden");

    static Stream<Path> requests() throws IOException {
        try (Stream<Path> all = Files.walk(GOLDEN)) {
            return all
                    .filter(file -> file.toString().endsWith(".request"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aGoldenRequestGetsItsGoldenReply(Path file) throws Exception {
        Tasks.Kind kind = Tasks.named(GOLDEN.relativize(file).getName(0).toString()).orElseThrow();
        Task task = kind.make().apply(Asking.setting(ToyModel.ALL.toArray(new ModelInfo[0])));
        var request = Message.read(file);
        String[] line = request.first().split(" ", 2);

        Task.Question question =
                task.decode(
                        Asking.to(
                                line[0],
                                line[1],
                                request.body(),
                                request.headers().toArray(new Header[0])));
        Reply reply = question.encode(ToyModel.answers(question));

        List<Header> headers = new ArrayList<>();
        headers.add(new Header("Content-Type", reply.contentType()));
        headers.addAll(reply.headers());
        Path expected = Path.of(file.toString().replaceAll("request$", "reply"));
        String said = Message.text(Integer.toString(reply.status()), headers, reply.body());
        assertThat(said).isEqualTo(Files.readString(expected, ISO_8859_1));
    }

    @Test
    void everyTaskHasGoldenFiles() {
        for (Tasks.Kind kind : Tasks.ALL) {
            assertThat(GOLDEN.resolve(kind.name())).isDirectoryContaining("glob:**.request");
        }
    }

    @Test
    void aNewcomerFindsEveryTaskInTheReferenceConfiguration() throws Exception {
        String reference = Files.readString(Path.of("../kiln.yaml"));
        for (Tasks.Kind kind : Tasks.ALL) {
            assertThat(reference).contains("path: " + kind.path(), "task: " + kind.name());
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Message(String first, List<Header> headers, byte[] body) {
        static Message read(Path file) {
            try {
                byte[] bytes = Files.readAllBytes(file);
                String text = new String(bytes, ISO_8859_1);
                int end = text.indexOf("\n\n");
                List<String> head = text.substring(0, end).lines().toList();
                List<Header> headers =
                        head.stream()
                                .skip(1)
                                .map(line -> line.split(": ", 2))
                                .map(pair -> new Header(pair[0], pair[1]))
                                .toList();
                return new Message(
                        head.getFirst(), headers, Arrays.copyOfRange(bytes, end + 2, bytes.length));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static String text(String first, List<Header> headers, byte[] body) {
            var text = new StringBuilder(first);
            headers.forEach(header ->
                    text.append('\n').append(header.name()).append(": ").append(header.value()));
            return text.append("\n\n").append(new String(body, ISO_8859_1)).toString();
        }
    }
}
