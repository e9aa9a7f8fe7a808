/// The fault drill: breaks a miner of its own in the ways that machines break, and says whether it kept its promises.
@NullMarked
package dev.kiln.loadtest.drill;

import org.jspecify.annotations.NullMarked;
