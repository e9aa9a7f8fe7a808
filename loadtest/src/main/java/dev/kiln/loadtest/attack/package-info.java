/// Requests that must be refused, sent one by one, and what the target made of each.
@NullMarked
package dev.kiln.loadtest.attack;

import org.jspecify.annotations.NullMarked;
