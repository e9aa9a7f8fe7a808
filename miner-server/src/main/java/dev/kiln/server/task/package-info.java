/// The kinds of question this server answers: pure functions from bytes to model inputs and back.
@NullMarked
package dev.kiln.server.task;

import org.jspecify.annotations.NullMarked;
