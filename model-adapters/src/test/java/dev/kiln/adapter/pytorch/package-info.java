@NullMarked
package dev.kiln.adapter.pytorch;

import org.jspecify.annotations.NullMarked;
