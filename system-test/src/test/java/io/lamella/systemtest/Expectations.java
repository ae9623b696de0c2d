package io.lamella.systemtest;

import io.lamella.model.InstanceView;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the clients were told: by key ({@code slice} or {@code slice/instance}) whether it must be there. */
final class Expectations {
    /** What a client knows of an object. */
    enum Fate {
        /** Its creation was acknowledged. */
        PRESENT,
        /** Its removal was acknowledged, or it was never made. */
        ABSENT,
        /** A request about it got no answer. */
        UNKNOWN
    }

    private final Map<String, Fate> fates = new TreeMap<>();
    private final Map<String, Boolean> running = new HashMap<>();
    private int acknowledged;

    synchronized void set(String key, Fate fate) {
        fates.put(key, fate);
        running.remove(key);
        if (fate == Fate.ABSENT) {
            fates.keySet().removeIf(k -> k.startsWith(key + "/"));
            running.keySet().removeIf(k -> k.startsWith(key + "/"));
        }
    }

    /** Everything within an object is as uncertain as the object. */
    synchronized void doubt(String key) {
        fates.replaceAll((k, fate) -> k.equals(key) || k.startsWith(key + "/") ? Fate.UNKNOWN : fate);
        fates.put(key, Fate.UNKNOWN);
        running.keySet().removeIf(k -> k.equals(key) || k.startsWith(key + "/"));
    }

    synchronized void running(String key, boolean runs) {
        running.put(key, runs);
    }

    synchronized void forgetRunning(String key) {
        running.remove(key);
    }

    synchronized void acknowledge() {
        acknowledged++;
    }

    synchronized int acknowledged() {
        return acknowledged;
    }

    synchronized Fate fate(String key) {
        return fates.getOrDefault(key, Fate.ABSENT);
    }

    synchronized Map<String, Fate> fates() {
        return new TreeMap<>(fates);
    }

    synchronized Map<String, Boolean> running() {
        return new HashMap<>(running);
    }

    int sizeOf(TestNode node) throws IOException {
        List<InstanceView> all = node.instances();
        return all.size();
    }
}
