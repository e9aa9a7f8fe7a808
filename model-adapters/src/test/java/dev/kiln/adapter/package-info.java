@NullMarked
package dev.kiln.adapter;

import org.jspecify.annotations.NullMarked;
