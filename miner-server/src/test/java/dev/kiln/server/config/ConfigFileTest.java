package dev.kiln.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.core.Patience;
import dev.kiln.core.Route.AnswerShape;
import dev.kiln.core.Sharing;
import dev.kiln.core.Terms;
import dev.kiln.server.task.SynapseEmbeddingsTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
    private static final Path FOLDER = Path.of("/etc/kiln");

    private static Config read(String yaml, String... sets) throws ConfigException {
        return ConfigFile.parse(yaml, "kiln.yaml", FOLDER, List.of(sets)).config();
    }

    private static List<String> problems(String yaml, String... sets) {
        ConfigException wrong = catchThrowableOfType(ConfigException.class, () -> read(yaml, sets));
        assertThat(wrong).as("nothing was found wrong").isNotNull();
        return wrong.problems();
    }

    @Test
    void anEmptyFileIsTheDefaults() throws ConfigException {
        Config config = read("");

        assertThat(config.server().port()).isEqualTo(8091);
        assertThat(config.server().host()).isEqualTo("127.0.0.1");
        assertThat(config.models()).singleElement().matches(m -> m.name().equals("minilm"));
        assertThat(config.routes())
                .allMatch(r -> r.requireReceiver() && r.answers() == AnswerShape.KILN_1)
                .extracting(Config.RouteEntry::path)
                .containsExactly(
                        "/v1/embeddings",
                        "/v1/image-classification",
                        "/v1/voice-activity-detection",
                        "/v1/file-type",
                        "/v2",
                        "/TextEmbedding");
    }

    @Test
    void schedulingAndDeadlinesAreReadAndTheirMistakesReportedTogether() throws ConfigException {
        Config config =
                read(
                        "",
                        "scheduling.policy=pay",
                        "routes[0].when-late=answer",
                        "routes[1].deadline-field=wait_s",
                        "synapses[0].deadline-from=body");

        assertThat(config.calls().lanes().scheduling().policy()).isEqualTo(Sharing.Policy.PAY);
        assertThat(config.routes().getFirst().patience().whenLate())
                .isEqualTo(Terms.WhenLate.ANSWER);
        assertThat(config.routes().get(1).patience().field()).contains("wait_s");
        assertThat(config.routes().getFirst().patience().field()).isEmpty();
        assertThat(config.routes().getLast().patience().from()).isEqualTo(Patience.From.BODY);
        assertThat(
                        problems(
                                "",
                                "scheduling.policy=rich",
                                "scheduling.floor=2",
                                "scheduling.api-key-weight=0",
                                "routes[0].deadline-from=body",
                                "routes[0].deadline-header=not a header",
                                "routes[1].deadline-field=not a field",
                                "synapses[0].deadline-field=timeout",
                                "synapses[0].when-late=never"))
                .hasSize(8);
    }

    @Test
    void fiveMistakesAreReportedAtOnceEachWithItsPlace() {
        var problems =
                problems(
                        """
                        server: {port: 70000}
                        limits: {body-size: 4194304}
                        auth: {max-aeg: 5s}
                        models:
                          - name: minilm
                            source: embedded:minilm
                            batch: {max-linger: 2, max-cosst: 512}
                        """);

        assertThat(problems)
                .hasSize(5)
                .anySatisfy(p ->
                        assertThat(p)
                                .startsWith("server.port = \"70000\"")
                                .endsWith("must be from 0 to 65535"))
                .anySatisfy(p ->
                        assertThat(p)
                                .startsWith("limits.body-size = \"4194304\"")
                                .contains("needs a unit"))
                .anySatisfy(p ->
                        assertThat(p)
                                .startsWith("auth.max-aeg")
                                .endsWith("unknown key; did you mean max-age?"))
                .anySatisfy(p ->
                        assertThat(p)
                                .startsWith("models[0].batch.max-linger = \"2\"")
                                .endsWith("needs a unit: 2ms, 2s …"))
                .anySatisfy(p ->
                        assertThat(p)
                                .startsWith("models[0].batch.max-cosst")
                                .endsWith("did you mean max-cost?"));
    }

    @Test
    void theMessageNamesTheFileAndTheCount() {
        ConfigException wrong =
                catchThrowableOfType(ConfigException.class, () -> read("drain: {grace: 5}"));

        assertThat(wrong)
                .hasMessageStartingWith("kiln.yaml: 1 problem")
                .hasMessageContaining("drain.grace = \"5\"  needs a unit: 5ms, 5s …");
    }

    @Test
    void aSettingOverridesTheFile() throws ConfigException {
        Config config =
                read(
                        "server: {port: 1}",
                        "server.port=2",
                        "models[0].batch.max-linger=2ms",
                        "roster.file=who.yaml",
                        "roster.max-age=1h");

        assertThat(config.server().port()).isEqualTo(2);
        assertThat(config.models().getFirst().batch().maxLinger()).isEqualTo(Duration.ofMillis(2));
        assertThat(config.identity().roster()).contains(FOLDER.resolve("who.yaml"));
        assertThat(config.identity().rosterMaxAge()).contains(Duration.ofHours(1));
    }

    @Test
    void aSettingThatNamesNothingIsAProblem() {
        assertThat(problems("", "server.prot=1"))
                .singleElement()
                .asString()
                .contains("did you mean port?");
        assertThat(problems("", "server.port"))
                .singleElement()
                .asString()
                .contains("must be key=value");
        assertThat(problems("", "models[3].name=x"))
                .singleElement()
                .asString()
                .contains("only 1 entries");
        assertThat(problems("", "models[0]=x"))
                .singleElement()
                .asString()
                .contains("whole list entry");
        assertThat(problems("", "Server..port=1"))
                .singleElement()
                .asString()
                .contains("dotted path");
    }

    @Test
    void noneMeansNotSet() throws ConfigException {
        assertThat(
                        read("hotkey: {file: none}\nlimits: {rate-per-caller: none}")
                                .identity()
                                .hotkey())
                .isEqualTo(Optional.empty());
    }

    @Test
    void anEmptyHotkeyIsAProblemAndNotADevelopmentKey() {
        assertThat(problems("hotkey: {file: \"\"}"))
                .singleElement()
                .asString()
                .contains("is empty");
    }

    @Test
    void whatContradictsItselfIsAProblem() {
        assertThat(problems("auth: {max-age: 1s, skew: 2s}"))
                .singleElement()
                .asString()
                .contains("must not exceed auth.max-age");
        assertThat(problems("limits: {calls: 10}"))
                .singleElement()
                .asString()
                .contains("must not exceed limits.calls");
        assertThat(problems("roster: {max-age: 1h}"))
                .singleElement()
                .asString()
                .contains("needs roster.file");
        assertThat(problems("routes: [{path: /readyz, task: embeddings}]"))
                .singleElement()
                .asString()
                .contains("is taken already");
        assertThat(problems("routes: [{path: /a, task: embeddings, model: big}]"))
                .singleElement()
                .asString()
                .contains("no model is named so");
        assertThat(
                        problems(
                                "models: [{name: a, source: x}, {name: b, source: x}, {name: a, source: y}]"))
                .singleElement()
                .asString()
                .contains("two are named a");
        assertThat(problems("server: {public: 'me:70000'}"))
                .singleElement()
                .asString()
                .contains("at most 65535");
        assertThat(problems("limits: {rate-per-caller: 0}"))
                .singleElement()
                .asString()
                .contains("above 0");
    }

    @Test
    void whatIsNotAMappingIsAProblemAndNotACrash() {
        assertThat(problems("[1, 2]"))
                .singleElement()
                .asString()
                .contains("mapping of keys at its top");
        assertThat(problems("server: 5")).singleElement().asString().contains("must be a mapping");
        assertThat(problems("models: none"))
                .singleElement()
                .asString()
                .contains("at least one entry");
        assertThat(problems("models: []"))
                .singleElement()
                .asString()
                .contains("at least one entry");
        assertThat(problems("server: {port: [1]}"))
                .singleElement()
                .asString()
                .contains("must be one value");
        assertThat(problems("server: {port: 1")).singleElement().asString().startsWith("line ");
        assertThat(problems("a: &x {b: *x}")).isNotEmpty();
        assertThat(problems("server: {port: 1}\nserver: {port: 2}"))
                .singleElement()
                .asString()
                .contains("given twice, again in line 2");
    }

    @Test
    void durationsAndSizesReadBackAsTheyAreWritten() {
        for (String text : new String[] {"5us", "2ms", "10s", "0s", "90s"}) {
            assertThat(Units.text(Units.duration(text))).isEqualTo(text);
        }
        for (String text : new String[] {"512B", "16KiB", "4MiB", "1GiB"}) {
            assertThat(Units.text(Units.size(text))).isEqualTo(text);
        }
    }

    @Test
    void aSynapsesNamesAreMappedInTheFileAlone() throws ConfigException {
        Config config =
                read(
                        """
                        synapses:
                          - name: Embed
                            task: embeddings
                            texts: sentences
                            embeddings: vectors
                            stream: events
                            hash-fields: sentences list[str], scale float
                            allow-step-back: true
                        """);

        Config.RouteEntry entry = config.routes().getLast();
        assertThat(entry.path()).isEqualTo("/Embed");
        assertThat(entry.synapse())
                .contains(
                        new Config.Synapse(
                                "Embed",
                                "sentences",
                                "vectors",
                                SynapseEmbeddingsTask.Form.EVENTS,
                                HashFields.parse("sentences list[str], scale float"),
                                true));
    }

    @Test
    void synapsesCanBeLeftOutAltogether() throws ConfigException {
        assertThat(read("synapses: none").routes()).noneMatch(entry -> entry.synapse().isPresent());
    }

    @Test
    void aSynapsesMistakesAreReportedWithTheirPlaces() {
        var problems =
                problems(
                        """
                        synapses:
                          - {name: Text-Embedding, task: embeddings, texts: axon, hash-fields: texts}
                          - {name: livez, task: embeddings, texts: same, embeddings: same, stream: true}
                        """);

        assertThat(problems)
                .hasSize(6)
                .anyMatch(line -> line.startsWith("synapses[1].stream"))
                .anyMatch(line -> line.startsWith("synapses[0].name"))
                .anyMatch(line -> line.startsWith("synapses[0].texts"))
                .anyMatch(line -> line.startsWith("synapses[0].hash-fields"))
                .anyMatch(line -> line.startsWith("synapses[1].name"))
                .anyMatch(line -> line.startsWith("synapses[1].embeddings"));
    }
}
