package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Another adapter that also takes many of an item for one, so that a lane's batches, which it bounds in items, may need
/// more memory than there is.
final class WideAdapter extends AroundAdapter {
    WideAdapter(ModelAdapter adapter) {
        super(adapter);
    }

    private record Wide(Prepared item, int times) implements Prepared {
        @Override
        public int cost() {
            return Math.multiplyExact(item.cost(), times);
        }
    }

    /// The item so many times over; its answer is that of the first.
    static Prepared times(Prepared item, int times) {
        return new Wide(item, times);
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        List<Prepared> all = new ArrayList<>();
        List<Integer> firsts = new ArrayList<>();
        for (Prepared item : batch) {
            firsts.add(all.size());
            if (item instanceof Wide(Prepared narrow, int times)) {
                all.addAll(Collections.nCopies(times, narrow));
            } else {
                all.add(item);
            }
        }
        List<ModelOutput> outputs = adapter.run(all);
        return firsts.stream().map(outputs::get).toList();
    }
}
