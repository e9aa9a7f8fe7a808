package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The house numbers, counted on javac's own syntax trees. What is over them is split, not excused.
class SizesTest {
    private static final int FILE_LINES = 500;
    private static final int METHOD_LINES = 60;
    private static final int PARAMETERS = 5;
    private static final int COMPONENTS = 9;

    private static final List<String> TOO_LONG = new ArrayList<>();
    private static final List<String> TOO_MANY_PARAMETERS = new ArrayList<>();
    private static int methods;

    @BeforeAll
    static void parseEverySource() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of(),
                                    null,
                                    files.getJavaFileObjectsFromPaths(Tree.files(".java")));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Measure(unit, positions).scan(unit, null);
            }
        }
    }

    @Test
    void noFileIsTooLongToLiveIn() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : Tree.files(".java")) {
            long lines = Tree.read(file).lines().count();
            if (lines > FILE_LINES) {
                tooLong.add(
                        "%s has %d lines, at most %d"
                                .formatted(file.getFileName(), lines, FILE_LINES));
            }
        }

        assertThat(tooLong).isEmpty();
    }

    @Test
    void noMethodIsTooLongToRead() {
        assertThat(methods).isGreaterThan(100);
        assertThat(TOO_LONG).isEmpty();
    }

    @Test
    void nothingTakesTooManyParameters() {
        assertThat(TOO_MANY_PARAMETERS).isEmpty();
    }

    @Test
    void noFindingIsSuppressedWholesale() {
        List<String> blanket = new ArrayList<>();
        for (Path file : Tree.files(".java")) {
            if (Tree.read(file)
                    .matches("(?s).*@SuppressWarnings\\(\\s*\"(all|unchecked, .*)\".*")) {
                blanket.add(file.getFileName().toString());
            }
        }

        assertThat(blanket).isEmpty();
    }

    private static final class Measure extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private boolean inRecord;

        Measure(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            boolean outer = inRecord;
            inRecord = type.getKind() == Kind.RECORD;
            if (inRecord) {
                long components =
                        type.getMembers().stream()
                                .filter(member ->
                                        member instanceof VariableTree field
                                                && !field.getModifiers()
                                                        .getFlags()
                                                        .contains(
                                                                javax.lang.model.element.Modifier
                                                                        .STATIC))
                                .count();
                if (components > COMPONENTS) {
                    TOO_MANY_PARAMETERS.add(
                            "record %s has %d components, at most %d"
                                    .formatted(type.getSimpleName(), components, COMPONENTS));
                }
            }
            super.visitClass(type, null);
            inRecord = outer;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            methods++;
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
            String where =
                    unit.getSourceFile().getName().replaceAll(".*/", "") + " " + method.getName();
            if (last - first + 1 > METHOD_LINES) {
                TOO_LONG.add(
                        "%s has %d lines, at most %d"
                                .formatted(where, last - first + 1, METHOD_LINES));
            }
            if (!inRecord && method.getParameters().size() > PARAMETERS) {
                TOO_MANY_PARAMETERS.add(
                        "%s takes %d parameters, at most %d"
                                .formatted(where, method.getParameters().size(), PARAMETERS));
            }
            return super.visitMethod(method, null);
        }
    }
}
