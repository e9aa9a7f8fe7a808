/// What each kind of task is asked and how its answers are marked: texts, pictures, files, sounds, tensors.
@NullMarked
package dev.kiln.loadtest.task;

import org.jspecify.annotations.NullMarked;
