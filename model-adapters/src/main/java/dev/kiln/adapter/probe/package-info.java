/// A child process that proves what its native runtime computes.
@NullMarked
package dev.kiln.adapter.probe;

import org.jspecify.annotations.NullMarked;
