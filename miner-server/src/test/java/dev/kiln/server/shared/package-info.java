@NullMarked
package dev.kiln.server.shared;

import org.jspecify.annotations.NullMarked;
