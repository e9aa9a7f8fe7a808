/// What serving costs beside the engine alone: one interleaved run.
@NullMarked
package dev.kiln.loadtest.bench;

import org.jspecify.annotations.NullMarked;
