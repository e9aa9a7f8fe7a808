/// The process: what is built from what at start, and what happens when it is told to stop.
@NullMarked
package dev.kiln.server;

import org.jspecify.annotations.NullMarked;
