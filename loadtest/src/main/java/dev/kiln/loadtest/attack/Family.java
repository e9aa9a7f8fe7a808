package dev.kiln.loadtest.attack;

/// What an attack goes against, in the order in which a suite runs them.
public enum Family {
    /// Honest requests, which must be accepted: a server that refuses everything proves nothing.
    CONTROL("honest requests, which must be accepted"),
    SIGNATURE("a signature that does not hold over what is sent"),
    CLOCK("nonces outside the window, or no numbers"),
    REPLAY("a request sent again"),
    RECEIVER("a request meant for somebody else"),
    ROSTER("callers who are not welcome"),
    DIALECT("headers of two dialects, or of the wrong one"),
    KEY("API keys that are none"),
    BODY("bodies that are not what the task reads"),
    ROUTE("the path, spelled in other ways"),
    FRAMING("messages whose end two readers may see in two places"),
    SIZE("more bytes than anybody needs"),
    SLOW("clients that take their time"),
    LIMIT("more at once than one caller may have"),
    ANSWER("a lying miner, asked by our own client, which must notice"),
    RESTART("a request sent again after a restart");

    private final String words;

    Family(String words) {
        this.words = words;
    }

    /// What it is, in words.
    public String words() {
        return words;
    }
}
