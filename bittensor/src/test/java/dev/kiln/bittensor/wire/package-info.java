@NullMarked
package dev.kiln.bittensor.wire;

import org.jspecify.annotations.NullMarked;
