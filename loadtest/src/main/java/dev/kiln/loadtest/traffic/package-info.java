/// Signed requests on a seeded timetable, and what became of each.
@NullMarked
package dev.kiln.loadtest.traffic;

import org.jspecify.annotations.NullMarked;
