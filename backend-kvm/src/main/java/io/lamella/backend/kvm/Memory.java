package io.lamella.backend.kvm;

import io.lamella.compute.InstancePlan;
import io.lamella.linux.Hardware;
import io.lamella.linux.HugePagePool;
import io.lamella.model.ByteSize;
import io.lamella.model.HugePages;
import io.lamella.model.Refusal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The memory of machines: the guest's own, and what QEMU takes beside it. */
final class Memory {
    private static final long MEBIBYTE = 1L << 20;
    /** What a guest has where no limit was asked for. */
    private static final long DEFAULT = 256 * MEBIBYTE;

    private static final long SMALLEST = 48 * MEBIBYTE;
    private static final long QEMU = 96 * MEBIBYTE;
    /** Translated code, which only an emulated machine has. */
    private static final long TRANSLATION = 96 * MEBIBYTE;

    /** An emulated guest takes its time. */
    private static final int DEFLATION_SECONDS = 60;

    private Memory() {}

    /** What the guest boots with, in bytes; whole mebibytes. */
    static long guest(InstancePlan plan) {
        long bytes = plan.instance().spec().memory().map(ByteSize::bytes).orElse(DEFAULT);
        if (bytes < SMALLEST) {
            throw Refusal.conflict(
                    "memory",
                    "a virtual machine needs at least " + (SMALLEST >> 20) + "M of memory, not " + (bytes >> 20) + "M");
        }
        return bytes / MEBIBYTE * MEBIBYTE;
    }

    /** The size of the huge pages that it is to lie in; refuses where the node has not enough of them. */
    static OptionalLong pages(InstancePlan plan, long guest) {
        Optional<HugePages> wanted = plan.instance().spec().hugePages();
        if (wanted.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong size =
                wanted.get().size().map(s -> OptionalLong.of(s.bytes())).orElse(OptionalLong.empty());
        HugePagePool pool = HugePagePool.of(size)
                .orElseThrow(() -> Refusal.unavailable("hugePages \"" + wanted.get()
                        + "\" is not possible: this node's kernel has no pages of that size"));
        ByteSize page = new ByteSize(pool.size());
        if (guest % pool.size() != 0) {
            throw Refusal.conflict(
                    "memory",
                    "memory " + (guest >> 20) + "M does not fill huge pages of " + page + ": it must be a multiple");
        }
        long needed = guest / pool.size();
        if (needed > pool.free()) {
            throw Refusal.exhausted(
                    "hugePages",
                    "instance \"" + plan.instance().name() + "\" needs " + needed + " huge pages of " + page + ", and "
                            + pool.free() + " are free: reserve more in nr_hugepages below /sys/kernel/mm/hugepages");
        }
        return OptionalLong.of(pool.size());
    }

    /** The limit of the control group of a machine whose guest has this much. */
    static long limit(long guest, boolean kvm) {
        return guest + guest / 32 + QEMU + (kvm ? 0 : TRANSLATION);
    }

    /** Refuses a machine that the slice's limit would end, or for which the node has no memory left. */
    static void check(InstancePlan plan, long guest, boolean kvm) {
        check(plan, guest, kvm, Hardware.availableMemoryBytes());
    }

    /** @param free what the node has left, in bytes; huge pages are not in it, and are looked at on their own */
    static void check(InstancePlan plan, long guest, boolean kvm, long free) {
        long limit = limit(guest, kvm);
        long taken = plan.instance().spec().hugePages().isPresent() ? limit - guest : limit;
        if (taken > free) {
            throw Refusal.exhausted(
                    "memory",
                    "instance \"" + plan.instance().name() + "\" needs " + (taken >> 20)
                            + "M with what QEMU takes, and " + (free >> 20) + "M of the node's memory are free");
        }
        plan.slice().spec().memory().filter(most -> most.bytes() < limit).ifPresent(most -> {
            throw Refusal.exhausted(
                    "memory",
                    "instance \"" + plan.instance().name() + "\" needs " + (limit >> 20)
                            + "M with what QEMU takes, and slice \""
                            + plan.slice().name() + "\" may have " + most);
        });
    }

    /** Takes memory from a running guest, or gives back what was taken; refuses more than it booted with. */
    static void balloon(Machine machine, InstancePlan plan, long guest) {
        long boot = number(machine.qmp().execute("query-memory-size-summary", Map.of()), "base-memory");
        if (guest > boot) {
            throw Refusal.conflict(
                    "memory",
                    "the machine was started with " + (boot >> 20) + "M and cannot have " + (guest >> 20)
                            + "M while it runs: stop it first");
        }
        long before = actual(machine);
        if (before == guest) {
            return;
        }
        if (plan.instance().spec().hugePages().isPresent()) {
            throw Refusal.conflict(
                    "memory", "memory in huge pages stays as it is while the machine runs: stop it first");
        }
        machine.qmp().execute("balloon", Map.of("value", guest));
        for (int i = 0; i < DEFLATION_SECONDS * 20 && actual(machine) > guest; i++) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (actual(machine) > guest) {
            machine.qmp().execute("balloon", Map.of("value", before));
            throw Refusal.conflict(
                    "memory", "the guest did not give its memory back within " + DEFLATION_SECONDS + " s");
        }
    }

    private static long actual(Machine machine) {
        return number(machine.qmp().execute("query-balloon", Map.of()), "actual");
    }

    private static long number(@org.jspecify.annotations.Nullable Object answer, String key) {
        return QmpMessage.object(answer)
                .flatMap(map -> map.get(key) instanceof Number n ? Optional.of(n.longValue()) : Optional.empty())
                .orElseThrow(() -> new QmpException("QEMU's answer has no " + key));
    }
}
