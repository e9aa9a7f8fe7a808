package dev.kiln.loadtest.load;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.task.Examiner;
import dev.kiln.loadtest.traffic.Speaker;
import java.net.URI;

/// Who is asked, where, how, and what the answer must be.
///
/// @param path of what is asked, unless a dialect has paths of its own
/// @param examiner what is asked, and what the answers must be
/// @param names of the synapse that the axon dialect asks
/// @param receipts whether answers to hotkeys must be signed
public record Ask(
        URI url,
        Hotkey miner,
        Scheme minerScheme,
        String model,
        String path,
        Examiner examiner,
        Speaker.Names names,
        boolean receipts) {}
