/// A load run as one page for people: self-contained, escaped, drawn by Chart.js.
@NullMarked
package dev.kiln.loadtest.page;

import org.jspecify.annotations.NullMarked;
