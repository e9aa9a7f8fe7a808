@NullMarked
package dev.kiln.server.config;

import org.jspecify.annotations.NullMarked;
