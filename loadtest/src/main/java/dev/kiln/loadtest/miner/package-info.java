/// A miner as a child process: its folder, its start, its end.
@NullMarked
package dev.kiln.loadtest.miner;

import org.jspecify.annotations.NullMarked;
