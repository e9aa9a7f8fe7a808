/// The operator's door: a port of its own that takes the commands of `kiln config` and `kiln model`.
@NullMarked
package dev.kiln.server.admin;

import org.jspecify.annotations.NullMarked;
