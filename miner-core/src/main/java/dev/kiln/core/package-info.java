/// The straight line of a request: verify, admit, decode, run, encode, sign. Plain JDK, no library types.
@NullMarked
package dev.kiln.core;

import org.jspecify.annotations.NullMarked;
