package dev.kiln.bittensor.keys;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Verifies the signatures of callers that come again and again. An sr25519 key whose signature held once is kept with a
/// table of its multiples, and its next signatures take about a third of the time.
///
/// Holds to the letter what [Signatures#verify] does: the same signatures, no others.
///
/// **Threads:** any.
public final class KnownSigners {
    private static final int WINDOW = 6;

    private final int most;
    private final Map<Hotkey, SplitTable> tables = new ConcurrentHashMap<>();

    /// @param most keys to keep, about 24 KiB each; when one more comes, all are made anew
    public KnownSigners(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most must be at least 1, was " + most);
        }
        this.most = most;
    }

    /// As [Signatures#verify].
    public boolean verify(Scheme scheme, Hotkey signer, byte[] message, byte[] signature) {
        if (scheme != Scheme.SR25519) {
            return Signatures.verify(scheme, signer, message, signature);
        }
        SplitTable known = tables.get(signer);
        if (known != null) {
            return Sr25519.verify(signer.accountId(), known, message, signature);
        }
        boolean holds = Signatures.verify(scheme, signer, message, signature);
        if (holds) {
            keep(signer);
        }
        return holds;
    }

    /// Keys kept now.
    int kept() {
        return tables.size();
    }

    private void keep(Hotkey signer) {
        EdwardsPoint minusA =
                Ristretto.decode(signer.accountId(), 0)
                        .orElseThrow(() -> new IllegalStateException("its signature held"));
        minusA.negate();
        if (tables.size() >= most) {
            tables.clear();
        }
        tables.put(signer, new SplitTable(minusA, WINDOW));
    }
}
