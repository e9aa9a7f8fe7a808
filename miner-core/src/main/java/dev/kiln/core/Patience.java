package dev.kiln.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where a route's callers say how long they wait, and what becomes of a call that takes longer.
///
/// @param header the name of the header under [From#HEADER]; its value is whole milliseconds
/// @param field a field of the body that says it too, beside all of these, in seconds
public record Patience(From from, String header, Optional<String> field, Terms.WhenLate whenLate) {
    /// As the dialect says, and refused at once where that is too short.
    public static final Patience DEFAULT =
            new Patience(From.DIALECT, "x-kiln-deadline-ms", Terms.WhenLate.REFUSE);

    private static final int MOST_DIGITS = 9;

    /// Without a field of the body.
    public Patience(From from, String header, Terms.WhenLate whenLate) {
        this(from, header, Optional.empty(), whenLate);
    }

    /// Whether what the body says counts.
    boolean inBody() {
        return from == From.BODY || field.isPresent();
    }

    /// Where callers say how long they wait; the route's own deadline bounds all of them.
    public enum From {
        /// Nowhere: the route's deadline holds.
        CONFIG,
        /// In the timeout that their dialect has, if it has one.
        DIALECT,
        /// In a header of its own, if it is there.
        HEADER,
        /// In the body, where its task knows such a field.
        BODY
    }

    /// How long a caller waits as far as its head tells.
    ///
    /// @param timeout the dialect's
    /// @throws Refused if the header is not what it should be
    public Optional<Duration> of(RequestHead head, Optional<Duration> timeout) throws Refused {
        return switch (from) {
            case CONFIG, BODY -> Optional.empty();
            case DIALECT -> timeout;
            case HEADER -> header(head);
        };
    }

    private Optional<Duration> header(RequestHead head) throws Refused {
        List<String> values = head.values(header);
        if (values.isEmpty()) {
            return Optional.empty();
        }
        String value = values.getFirst();
        boolean digits = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (values.size() > 1 || !digits || value.length() > MOST_DIGITS) {
            throw new Refused(
                    Refusal.TASK_BAD_INPUT,
                    "%s must be whole milliseconds, once, at most %d digits"
                            .formatted(header, MOST_DIGITS));
        }
        return Optional.of(Duration.ofMillis(Long.parseLong(value)));
    }
}
