@NullMarked
package dev.kiln.server.cli;

import org.jspecify.annotations.NullMarked;
