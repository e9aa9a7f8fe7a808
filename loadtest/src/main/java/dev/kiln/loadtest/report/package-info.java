/// A run's verdict, as text for people and JSON for programs.
@NullMarked
package dev.kiln.loadtest.report;

import org.jspecify.annotations.NullMarked;
