/// The validator's side: signed traffic, judged answers, honest latency.
@NullMarked
package dev.kiln.loadtest;

import org.jspecify.annotations.NullMarked;
