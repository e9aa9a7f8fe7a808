package dev.kiln.server.rotation;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.server.config.Config;
import java.util.List;
import java.util.OptionalLong;

/// Opens the model that a configuration names.
///
/// **Threads:** any.
public interface ModelOpener {
    /// The devices that it is to run on, at least one: where any GPU will do, every one there is.
    default List<String> devices(Config.Model model) {
        return List.of(model.device());
    }

    /// Loads and proves it.
    ///
    /// @param device one of [#devices]
    /// @return the adapter, to be closed by the caller
    ModelAdapter open(Config.Model model, String device) throws ModelLoadException;

    /// Told that a device failed under a running model: what is opened from here on computes elsewhere.
    ///
    /// @param device as the model's session named it
    default void lost(String device, String why) {}

    /// How many bytes it will take, as far as can be told before it is loaded.
    OptionalLong bytes(Config.Model model);
}
