package dev.kiln.server.rotation;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.server.config.Config;
import java.util.OptionalLong;

/// Opens the model that a configuration names.
///
/// **Threads:** any.
public interface ModelOpener {
    /// Loads and proves it.
    ///
    /// @return the adapter, to be closed by the caller
    ModelAdapter open(Config.Model model) throws ModelLoadException;

    /// Told that a device failed under a running model: what is opened from here on computes elsewhere.
    ///
    /// @param device as the model's session named it
    default void lost(String device, String why) {}

    /// How many bytes it will take, as far as can be told before it is loaded.
    OptionalLong bytes(Config.Model model);
}
