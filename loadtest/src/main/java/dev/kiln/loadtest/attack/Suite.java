package dev.kiln.loadtest.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Tries attacks one after the other and judges what became of each.
///
/// **Threads:** confined to one.
public final class Suite {
    private final Target target;
    private final Scene scene;

    public Suite(Target target, Scene scene) {
        this.target = target;
        this.scene = scene;
    }

    /// The attacks of the table whose names match.
    ///
    /// @param glob such as `sig-*`
    public static List<Case> matching(String glob) {
        PathMatcher names = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        return AttackTable.all().stream()
                .filter(each -> names.matches(Path.of(each.name())))
                .toList();
    }

    /// Why an attack cannot be tried on this target; empty if it can.
    public Optional<String> obstacle(Case attack) {
        boolean kiln = target.hasCodes();
        return switch (attack.stage()) {
            case CLIENT -> kiln ? Optional.empty() : Optional.of("it attacks Kiln's own client");
            case OWN -> scene.isOwn() ? Optional.empty() : Optional.of("needs --start");
            case TIMED -> scene.isOwn() || !kiln ? Optional.empty() : Optional.of("needs --start");
            case ANY ->
                    attack.spoken().isEmpty()
                                    || attack.spoken().get() == scene.spoken()
                                    || scene.isOwn()
                            ? Optional.empty()
                            : Optional.of("the target is asked in " + scene.spoken());
        };
    }

    /// Tries all that can be tried.
    ///
    /// @param told each as it is done
    public List<Tried> run(List<Case> attacks, Consumer<Tried> told) throws InterruptedException {
        List<Tried> all = new ArrayList<>();
        for (Case attack : attacks) {
            if (obstacle(attack).isEmpty()) {
                Tried tried = tried(attack);
                all.add(tried);
                told.accept(tried);
            }
        }
        return all;
    }

    private Tried tried(Case attack) throws InterruptedException {
        long began = System.nanoTime();
        Outcome outcome;
        try {
            outcome = attack.attempt().on(scene);
        } catch (IOException | UncheckedIOException e) {
            outcome = new Outcome.Gone(String.valueOf(e.getMessage()));
        }
        return new Tried(attack, outcome, good(attack, outcome), (System.nanoTime() - began) / 1e6);
    }

    private boolean good(Case attack, Outcome outcome) {
        if (target.hasCodes()) {
            return attack.expected().metBy(outcome);
        }
        return attack.expected() instanceof Expected.Answer
                ? outcome.effect() == Outcome.Effect.ACCEPTED
                : outcome.effect() == Outcome.Effect.REFUSED;
    }
}
