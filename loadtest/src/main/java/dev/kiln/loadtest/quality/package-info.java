/// What an answer is worth: a scorer for each task with its bars, labelled sentence pairs, and canaries against mix-ups.
@NullMarked
package dev.kiln.loadtest.quality;

import org.jspecify.annotations.NullMarked;
