/// What is counted and what is logged of calls. Every label is bounded here.
@NullMarked
package dev.kiln.server.metrics;

import org.jspecify.annotations.NullMarked;
