/// What several boxes behind one hotkey share: the set of used nonces, in Redis.
@NullMarked
package dev.kiln.server.shared;

import org.jspecify.annotations.NullMarked;
