/// The network's edge: an HTTP server on event loops, bounded in every direction, and the words refusals are put in.
@NullMarked
package dev.kiln.server.http;

import org.jspecify.annotations.NullMarked;
