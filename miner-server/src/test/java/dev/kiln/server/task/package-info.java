@NullMarked
package dev.kiln.server.task;

import org.jspecify.annotations.NullMarked;
