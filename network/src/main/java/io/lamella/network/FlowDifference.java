package io.lamella.network;

import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The least changes that turn the entries that a switch has into those that it should have, in phases each of which must
 * be complete before the next. First the guards that shall no longer let through are closed, then forwarding is put
 * right, then new guards open. So at no time does a frame reach a port that it reached neither before nor shall reach
 * afterwards, and no frame is lost that a port which stays as it is may send before and afterwards.
 */
final class FlowDifference {
    private FlowDifference() {}

    static List<List<FlowMod>> phases(Collection<FlowEntry> wanted, Collection<FlowEntry> present) {
        Map<FlowEntry.Key, FlowEntry> goal = byKey(wanted);
        Map<FlowEntry.Key, FlowEntry> now = byKey(present);
        List<FlowMod> close = new ArrayList<>();
        List<FlowMod> forward = new ArrayList<>();
        List<FlowMod> open = new ArrayList<>();
        for (FlowEntry entry : goal.values()) {
            if (!entry.equals(now.get(entry.key()))) {
                (entry.table() == Pipeline.GUARD ? open : forward).add(FlowMod.add(entry));
            }
        }
        for (FlowEntry entry : now.values()) {
            FlowEntry replacement = goal.get(entry.key());
            if (entry.table() == Pipeline.GUARD) {
                if (replacement == null || !replacement.instructions().equals(entry.instructions())) {
                    close.add(FlowMod.deleteStrict(entry.key()));
                }
            } else if (replacement == null) {
                forward.add(FlowMod.deleteStrict(entry.key()));
            }
        }
        return List.of(close, forward, open);
    }

    private static Map<FlowEntry.Key, FlowEntry> byKey(Collection<FlowEntry> entries) {
        Map<FlowEntry.Key, FlowEntry> byKey = HashMap.newHashMap(entries.size());
        for (FlowEntry entry : entries) {
            byKey.put(entry.key(), entry);
        }
        return byKey;
    }
}
