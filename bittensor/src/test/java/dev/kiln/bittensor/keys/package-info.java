@NullMarked
package dev.kiln.bittensor.keys;

import org.jspecify.annotations.NullMarked;
