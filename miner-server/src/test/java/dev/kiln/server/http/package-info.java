@NullMarked
package dev.kiln.server.http;

import org.jspecify.annotations.NullMarked;
