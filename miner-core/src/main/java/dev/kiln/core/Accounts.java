package dev.kiln.core;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The callers that a device knows, what each weighs among them, and who has something waiting.
///
/// **Threads:** guarded by the device's lock.
final class Accounts {
    /// Callers of that long ago are still reckoned with.
    static final long KNOWN_FOR_NANOS = 60_000_000_000L;

    static final int MOST = 4096;

    /// Who was away may take back what was his of the last second, no more.
    private static final double CREDIT_NANOS = 1e9;

    /// Beside it, who waits may have had less than the others by so many of the largest runs of late.
    private static final int FEW_RUNS = 3;

    private static final double FORGETTING = 0.99;

    private final Sharing sharing;
    private final Runnable weighed;
    private final Map<String, Account> accounts = new HashMap<>();

    /// Those that have something waiting.
    private final Set<Account> waiting = new LinkedHashSet<>();

    private long weighedTick;

    /// The most that one of them was given at once lately, over weight.
    private double largest;

    /// What everybody that wanted some has had by now; 0 until lanes were in each other's way.
    private double least;

    /// @param weighed told when weights have changed
    Accounts(Sharing sharing, Runnable weighed) {
        this.sharing = sharing;
        this.weighed = weighed;
    }

    /// A caller's account, weighed anew where somebody came or has long been away.
    Account came(Caller caller, long nowTick) {
        Account account = accounts.get(caller.name());
        boolean news =
                account == null
                        || !account.caller.equals(caller)
                        || nowTick - account.seenTick > KNOWN_FOR_NANOS;
        if (account == null) {
            forgetSomebody();
            account = new Account(caller, nowTick);
            accounts.put(caller.name(), account);
        }
        account.caller = caller;
        account.seenTick = nowTick;
        if (news || nowTick - weighedTick > KNOWN_FOR_NANOS / 10) {
            weigh(nowTick);
        }
        return account;
    }

    /// A call of it waits from now on.
    void waits(Account account) {
        if (account.places++ == 0) {
            account.had = Math.max(account.had, others() - CREDIT_NANOS);
            waiting.add(account);
        }
    }

    /// What whoever has had least has had of those that have something waiting, or had last.
    private double others() {
        double others = Double.POSITIVE_INFINITY;
        for (Account account : least > 0 ? waiting : List.<Account>of()) {
            others = Math.min(others, account.had);
        }
        return others < Double.POSITIVE_INFINITY ? others : least;
    }

    /// A call of it waits no longer.
    void left(Account account) {
        if (--account.places == 0) {
            waiting.remove(account);
        }
    }

    /// Those that have something waiting.
    Set<Account> waiting() {
        return Collections.unmodifiableSet(waiting);
    }

    /// Time was given to these while others wanted it.
    void had(Map<Account, Double> nanos) {
        double leastNow = Double.POSITIVE_INFINITY;
        largest *= FORGETTING;
        for (Map.Entry<Account, Double> given : nanos.entrySet()) {
            Account account = given.getKey();
            double had = given.getValue() / account.weight;
            account.had += had;
            largest = Math.max(largest, had);
            leastNow = Math.min(leastNow, account.had);
        }
        keepTogether();
        for (Account account : waiting) {
            leastNow = Math.min(leastNow, account.had);
        }
        if (leastNow < Double.POSITIVE_INFINITY) {
            least = Math.max(least, leastNow);
        }
    }

    /// Who waits and cannot take his share, whatever keeps him from it, falls no further behind the others than a few runs
    /// explain: else they would pay for it when he is gone.
    private void keepTogether() {
        double weights = 0;
        double all = 0;
        for (Account account : waiting) {
            weights += account.weight;
            all += account.weight * account.had;
        }
        for (Account account : waiting) {
            account.had = Math.max(account.had, all / weights - CREDIT_NANOS - FEW_RUNS * largest);
        }
    }

    private void weigh(long nowTick) {
        weighedTick = nowTick;
        Sharing.Known known = Sharing.Known.NOBODY;
        for (Account account : accounts.values()) {
            if (nowTick - account.seenTick <= KNOWN_FOR_NANOS) {
                known = known.with(account.caller);
            }
        }
        for (Account account : accounts.values()) {
            if (nowTick - account.seenTick <= KNOWN_FOR_NANOS) {
                account.weight = sharing.weight(account.caller, known);
                account.share = sharing.share(account.caller, known);
            }
        }
        weighed.run();
    }

    private void forgetSomebody() {
        if (accounts.size() >= MOST) {
            accounts.values().stream()
                    .filter(account -> account.places == 0)
                    .min((one, other) -> Long.signum(one.seenTick - other.seenTick))
                    .ifPresent(account -> accounts.remove(account.caller.name()));
        }
    }
}
