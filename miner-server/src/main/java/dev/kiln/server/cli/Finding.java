package dev.kiln.server.cli;

/// One thing that doctor looked at.
///
/// @param what the thing, in a word
/// @param fact what was found, with units
/// @param remedy what to do; empty where all is well
record Finding(String what, State state, String fact, String remedy) {
    enum State {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String what, String fact) {
        return new Finding(what, State.OK, fact, "");
    }

    static Finding warn(String what, String fact, String remedy) {
        return new Finding(what, State.WARN, fact, remedy);
    }

    static Finding fail(String what, String fact, String remedy) {
        return new Finding(what, State.FAIL, fact, remedy);
    }
}
