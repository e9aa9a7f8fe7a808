/// A miner's score taken apart: its factors, the gates before them, and what would raise it most.
@NullMarked
package dev.kiln.loadtest.why;

import org.jspecify.annotations.NullMarked;
