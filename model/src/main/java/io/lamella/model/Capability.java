package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a node may be able to do, as far as its kernel, its programs and its processors allow it. */
public enum Capability {
    LXC("instances as containers"),
    KVM("instances as virtual machines of QEMU and KVM"),
    XEN("instances as domains of Xen, this machine being its first (dom0)"),
    NETWORK("networks on Open vSwitch"),
    CHECKPOINT("running instances saved to disk and restored (CRIU)"),
    ISOLATION("CPUs kept free of everything else, ticks included"),
    REALTIME("bounded latency on such CPUs (PREEMPT_RT)"),
    BENCH("measuring latency and throughput");

    private final String meaning;

    Capability(String meaning) {
        this.meaning = meaning;
    }

    @Json.Value
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it is, in a few words. */
    public String meaning() {
        return meaning;
    }

    public static Capability of(String word) {
        return Arrays.stream(values())
                .filter(c -> c.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("capability", word, "one of " + words().replace(" ", ", ")));
    }

    /** All of them, separated by spaces. */
    public static String words() {
        return Arrays.stream(values()).map(Capability::word).collect(Collectors.joining(" "));
    }
}
