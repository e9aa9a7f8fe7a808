/// What an answer is worth: labelled sentence pairs, cosine, ROC AUC and the bar.
@NullMarked
package dev.kiln.loadtest.quality;

import org.jspecify.annotations.NullMarked;
