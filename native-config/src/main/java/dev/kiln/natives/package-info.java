/// Which native runtimes and devices exist, proved in a child process, and what the machine grants this process.
@NullMarked
package dev.kiln.natives;

import org.jspecify.annotations.NullMarked;
