/// A load run: profiles of arrivals, many callers, what is counted, when a run is void, the search for capacity.
@NullMarked
package dev.kiln.loadtest.load;

import org.jspecify.annotations.NullMarked;
