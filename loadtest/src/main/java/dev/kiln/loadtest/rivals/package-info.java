/// The same model and the same bytes on Kiln and on what people run instead of it, in turns in one run.
@NullMarked
package dev.kiln.loadtest.rivals;

import org.jspecify.annotations.NullMarked;
