package dev.kiln.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.slf4j.LoggerFactory;

/// Log lines for standard error: time, level, message; a stack trace only under what is a bug or a fault.
final class OneLine extends Formatter {
    private static final Logger LIBRARIES = Logger.getLogger("ai.djl");

    /// Sends every log to standard error.
    static void install() {
        LogManager.getLogManager().reset();
        Handler handler =
                new StreamHandler(System.err, new OneLine()) {
                    @Override
                    public synchronized void publish(LogRecord entry) {
                        super.publish(entry);
                        flush();
                    }
                };
        handler.setLevel(Level.INFO);
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        // Kept in a field: the log manager forgets loggers that nobody holds.
        LIBRARIES.setLevel(Level.WARNING);
        // Joined to java.util.logging now, before two threads of the start do it at once.
        LoggerFactory.getILoggerFactory();
    }

    @Override
    public String format(LogRecord entry) {
        StringBuilder line = new StringBuilder(128);
        line.append(entry.getInstant().truncatedTo(ChronoUnit.MILLIS))
                .append(' ')
                .append(level(entry.getLevel()))
                .append(' ')
                .append(formatMessage(entry))
                .append('\n');
        if (entry.getThrown() != null) {
            StringWriter trace = new StringWriter();
            entry.getThrown().printStackTrace(new PrintWriter(trace, true));
            line.append(trace);
        }
        return line.toString();
    }

    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        return level.intValue() >= Level.WARNING.intValue() ? "WARN " : "INFO ";
    }
}
