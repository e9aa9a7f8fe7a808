/// Models come and go here while callers are served: swaps, trials, recovery, and the record of them.
@NullMarked
package dev.kiln.server.rotation;

import org.jspecify.annotations.NullMarked;
