package benefit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The files that the next batch summarises. It begins at 1:00 and tries again what failed in the night before. */
final class NightlyBatch {
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    void add(String number) {
        waiting.add(number);
    }

    Set<String> waiting() {
        return Set.copyOf(waiting);
    }
}
