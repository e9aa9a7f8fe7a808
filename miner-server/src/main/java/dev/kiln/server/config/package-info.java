/// The one YAML, read once into records. All problems are reported together; nothing else in Kiln reads YAML.
@NullMarked
package dev.kiln.server.config;

import org.jspecify.annotations.NullMarked;
