/// How a candidate is judged beside the model that answers, before and while it gets calls.
@NullMarked
package dev.kiln.core.swap;

import org.jspecify.annotations.NullMarked;
