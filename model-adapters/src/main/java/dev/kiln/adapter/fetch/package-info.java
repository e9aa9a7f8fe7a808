/// Brings models of the catalogue into the cache: fetched by the tools that people have, verified, put in place whole.
@NullMarked
package dev.kiln.adapter.fetch;

import org.jspecify.annotations.NullMarked;
