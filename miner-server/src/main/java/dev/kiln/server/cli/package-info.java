/// The commands: what is typed, what is printed, which exit code. Everything else is called from here.
@NullMarked
package dev.kiln.server.cli;

import org.jspecify.annotations.NullMarked;
