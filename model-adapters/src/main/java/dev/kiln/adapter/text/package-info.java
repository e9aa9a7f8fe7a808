/// Texts to token ids, with the model's own tokenizer.
@NullMarked
package dev.kiln.adapter.text;

import org.jspecify.annotations.NullMarked;
