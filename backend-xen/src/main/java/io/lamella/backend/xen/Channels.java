package io.lamella.backend.xen;

import io.lamella.model.Refusal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which of a domain's channels are in use. A guest's kernel has devices for eight consoles ({@code hvc0} to
 * {@code hvc7}) and no more: the first is the console and the second the agent's own. Any thread.
 */
final class Channels {
    /** All but the console. */
    static final int COUNT = 7;

    static final int CONTROL = 1;

    private final BitSet free = new BitSet();

    Channels() {
        free.set(CONTROL + 1, COUNT + 1);
    }

    /** Takes some; refuses where there are not enough. */
    synchronized List<Integer> take(int count) {
        if (free.cardinality() < count) {
            throw Refusal.unavailable("a Xen instance runs three commands at a time, or six on terminals, and no more");
        }
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < count) {
            int next = free.nextSetBit(0);
            free.clear(next);
            taken.add(next);
        }
        return taken;
    }

    synchronized void giveBack(List<Integer> taken) {
        taken.forEach(free::set);
    }
}
