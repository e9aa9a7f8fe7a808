/// TorchScript on PyTorch, through DJL. Nothing of it is loaded before a model names it.
@NullMarked
package dev.kiln.adapter.pytorch;

import org.jspecify.annotations.NullMarked;
