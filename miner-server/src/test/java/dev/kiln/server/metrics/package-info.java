@NullMarked
package dev.kiln.server.metrics;

import org.jspecify.annotations.NullMarked;
