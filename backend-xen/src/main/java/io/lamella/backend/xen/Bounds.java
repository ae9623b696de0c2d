package io.lamella.backend.xen;

import io.lamella.compute.InstancePlan;
import io.lamella.model.Refusal;
import java.time.Duration;
import java.util.Optional;

/** The limits of a running domain, as the hypervisor holds them. */
record Bounds(Host host, Unit unit, InstancePlan plan) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 100;
    /** Xen counts a little more or less than was asked for. */
    private static final long SLACK_MEBIBYTES = 1;

    void apply(XlText.Domain domain) {
        for (int i = 0; i < domain.vcpus(); i++) {
            Xl.run("vcpu-pin", unit.domain(), Integer.toString(i), DomainFile.affinity(plan, i));
        }
        String scheduler = host.facts().getOrDefault("xen_scheduler", "");
        if (scheduler.equals("credit2") || scheduler.equals("credit")) {
            Xl.run("sched-" + scheduler, "-d", unit.domain(), "-w", Integer.toString(DomainFile.weight(plan)));
        }
        memory(domain, Launcher.mebibytes(plan));
    }

    /** Takes memory from the guest, or gives back what was taken; refuses more than it booted with. */
    private void memory(XlText.Domain domain, long wanted) {
        if (Math.abs(domain.mebibytes() - wanted) <= SLACK_MEBIBYTES) {
            return;
        }
        try {
            Xl.run("mem-set", unit.domain(), wanted + "m");
        } catch (XlException e) {
            throw Refusal.conflict(
                    "memory",
                    "the domain cannot have " + wanted + "M while it runs (" + e.getMessage() + "): stop it first");
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!reached(wanted)) {
            if (System.nanoTime() - deadline > 0) {
                Xl.run("mem-set", unit.domain(), domain.mebibytes() + "m");
                throw Refusal.conflict(
                        "memory",
                        "the guest did not "
                                + (wanted < domain.mebibytes() ? "give its memory back" : "take its memory")
                                + " within " + PATIENCE.toSeconds() + " s");
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean reached(long wanted) {
        Optional<XlText.Domain> now = Xl.domain(unit.domain());
        return now.isEmpty() || Math.abs(now.get().mebibytes() - wanted) <= SLACK_MEBIBYTES;
    }
}
