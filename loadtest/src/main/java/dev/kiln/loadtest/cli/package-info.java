/// The harness's commands.
@NullMarked
package dev.kiln.loadtest.cli;

import org.jspecify.annotations.NullMarked;
