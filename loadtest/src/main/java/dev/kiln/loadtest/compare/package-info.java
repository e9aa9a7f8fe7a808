/// Two load runs beside each other: what changed, and whether that is more than noise.
@NullMarked
package dev.kiln.loadtest.compare;

import org.jspecify.annotations.NullMarked;
