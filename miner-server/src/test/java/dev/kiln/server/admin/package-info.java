@NullMarked
package dev.kiln.server.admin;

import org.jspecify.annotations.NullMarked;
