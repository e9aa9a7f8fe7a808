package dev.kiln.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The walls between modules. A wrong import fails here, with the reason.
class WallsTest {
    private static final JavaClasses OURS =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.kiln");

    private static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES =
            slices().matching("dev.kiln.(**)").should().beFreeOfCycles();

    private static final ArchRule THE_CORE_IS_PLAIN_JDK =
            classes()
                    .that()
                    .resideInAPackage("dev.kiln.core..")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage("java..", "org.jspecify..", "dev.kiln.core.."))
                    .because("the straight line must be readable and testable without any library");

    private static final ArchRule THE_PROBES_JUDGE_USES_NOTHING_OF_OURS =
            classes()
                    .that()
                    .resideInAPackage("dev.kiln.natives..")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                    "java..",
                                    "javax.management..",
                                    "com.sun.management..",
                                    "org.jspecify..",
                                    "dev.kiln.natives.."))
                    .because("it judges a child process and must not load what it judges");

    private static final ArchRule THE_WIRE_KNOWS_NO_ENGINE_AND_NO_SERVER =
            noClasses()
                    .that()
                    .resideInAPackage("dev.kiln.bittensor..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.kiln.adapter..",
                                    "dev.kiln.natives..",
                                    "dev.kiln.server..",
                                    "dev.kiln.loadtest..",
                                    "io.vertx..",
                                    "ai.djl..",
                                    "ai.onnxruntime.."))
                    .because("both sides of the wire, server and validator, stand on it");

    private static final ArchRule CURVES_AND_HASHES_STAY_WITH_THE_KEYS =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.kiln.bittensor.keys..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("org.bouncycastle.."))
                    .because("the curve library can then be exchanged behind one face");

    private static final ArchRule ENGINES_KNOW_NO_NETWORK =
            noClasses()
                    .that()
                    .resideInAPackage("dev.kiln.adapter..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.kiln.bittensor..",
                                    "dev.kiln.server..",
                                    "dev.kiln.loadtest..",
                                    "io.vertx.."))
                    .because("a model is the same model whoever asks");

    private static final ArchRule ONNX_RUNTIME_STAYS_IN_ITS_PACKAGE =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.kiln.adapter.onnx..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("ai.onnxruntime.."))
                    .because("an engine is exchanged by exchanging one package");

    private static final ArchRule DJL_STAYS_WITH_TOKENIZERS_AND_PYTORCH =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "dev.kiln.adapter.text..", "dev.kiln.adapter.pytorch..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("ai.djl.."))
                    .because("an engine is exchanged by exchanging one package");

    private static final ArchRule YAML_IS_READ_IN_TWO_PLACES =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "dev.kiln.server.config..", "dev.kiln.adapter.catalog..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "com.fasterxml.jackson.dataformat.yaml..", "org.yaml.."))
                    .because("configuration and model.yaml are the only YAML we read");

    private static final ArchRule VERTX_STAYS_AT_THE_DOOR =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.kiln.server.http..", "dev.kiln.loadtest..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.vertx..", "io.netty.."))
                    .because("only the HTTP package speaks HTTP");

    private static final ArchRule COMMAND_LINES_STAY_IN_THEIR_PACKAGES =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.kiln.server.cli..", "dev.kiln.loadtest..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("picocli.."))
                    .because("everything else can be called without a command line");

    private static final ArchRule METERS_STAY_IN_THEIR_PACKAGE =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.kiln.server.metrics..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.micrometer..", "io.prometheus.."))
                    .because("names and labels of meters are bounded in one place");

    private static final ArchRule THE_MEASURER_SHARES_NO_CODE_WITH_THE_MEASURED =
            noClasses()
                    .that()
                    .resideInAPackage("dev.kiln.loadtest..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.kiln.server..",
                                    "dev.kiln.adapter..",
                                    "dev.kiln.natives.."))
                    .because("a shared fault would measure itself as right");

    static Stream<ArchRule> rules() {
        return Stream.of(
                PACKAGES_ARE_FREE_OF_CYCLES,
                THE_CORE_IS_PLAIN_JDK,
                THE_PROBES_JUDGE_USES_NOTHING_OF_OURS,
                THE_WIRE_KNOWS_NO_ENGINE_AND_NO_SERVER,
                CURVES_AND_HASHES_STAY_WITH_THE_KEYS,
                ENGINES_KNOW_NO_NETWORK,
                ONNX_RUNTIME_STAYS_IN_ITS_PACKAGE,
                DJL_STAYS_WITH_TOKENIZERS_AND_PYTORCH,
                YAML_IS_READ_IN_TWO_PLACES,
                VERTX_STAYS_AT_THE_DOOR,
                COMMAND_LINES_STAY_IN_THEIR_PACKAGES,
                METERS_STAY_IN_THEIR_PACKAGE,
                THE_MEASURER_SHARES_NO_CODE_WITH_THE_MEASURED);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theWallHolds(ArchRule rule) {
        rule.check(OURS);
    }

    @Test
    void everyModuleWasRead() {
        for (String part :
                new String[] {"core", "bittensor", "natives", "adapter", "server", "loadtest"}) {
            assertThat(OURS.that(resideInAnyPackage("dev.kiln." + part + "..")))
                    .as(part)
                    .isNotEmpty();
        }
    }

    @Test
    void aWrongImportWouldBeSeen() {
        ArchRule wrong =
                noClasses()
                        .that()
                        .resideInAPackage("dev.kiln.core..")
                        .should()
                        .dependOnClassesThat(resideInAnyPackage("java.util.concurrent.."));

        assertThat(wrong.evaluate(OURS).hasViolation()).isTrue();
    }
}
