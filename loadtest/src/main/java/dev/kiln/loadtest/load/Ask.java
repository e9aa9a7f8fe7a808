package dev.kiln.loadtest.load;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Speaker;
import dev.kiln.loadtest.traffic.Wording;
import java.net.URI;

/// Who is asked, where, how, and what the answer must be.
///
/// @param path of what is asked, unless a dialect has paths of its own
/// @param wording how texts become a body, unless a dialect has one of its own
/// @param names of the synapse that the axon dialect asks
/// @param receipts whether answers to hotkeys must be signed
public record Ask(
        URI url,
        Hotkey miner,
        Scheme minerScheme,
        String model,
        String path,
        Wording wording,
        Speaker.Names names,
        boolean receipts,
        Judge.Content content) {}
