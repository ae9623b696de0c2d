package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to change of an instance; what is absent stays. The word {@code none} takes a limit away.
 *
 * @param cpus a count, a cpulist, or {@code none}
 * @param profile one of {@link IsolationProfile}'s words, or {@code none}; counts from the next start on
 * @param cpuWeight 1 to 10000, or {@code none}
 * @param memory a size, or {@code none}
 * @param pids a number, or {@code none}
 * @param hugePages {@code yes}, a size, or {@code no}; from the next start on
 * @param backend what runs it from the next start on; the instance must be stopped
 */
@Json
public record InstancePatch(
        Optional<String> cpus,
        Optional<String> profile,
        Optional<String> cpuWeight,
        Optional<String> memory,
        Optional<String> pids,
        Optional<String> hugePages,
        @Nullable Autostart autostart,
        @Nullable BackendKind backend) {
    public InstancePatch {
        cpus = Given.optional(cpus);
        profile = Given.optional(profile);
        cpuWeight = Given.optional(cpuWeight);
        memory = Given.optional(memory);
        pids = Given.optional(pids);
        hugePages = Given.optional(hugePages);
    }

    /** {@code spec} with this patch's changes. */
    public InstanceSpec applyTo(InstanceSpec spec) {
        return new InstanceSpec(
                spec.name(),
                spec.image(),
                backend == null ? spec.backend() : backend,
                cpus.isEmpty() ? spec.cpus() : limit(cpus.get()).map(s -> CpuRequest.parse("cpus", s)),
                profile.isEmpty()
                        ? spec.profile()
                        : limit(profile.get()).map(s -> IsolationProfile.parse("profile", s)),
                cpuWeight.isEmpty() ? spec.cpuWeight() : limit(cpuWeight.get()).map(s -> number("cpuWeight", s)),
                memory.isEmpty() ? spec.memory() : limit(memory.get()).map(s -> ByteSize.parse("memory", s)),
                pids.isEmpty() ? spec.pids() : limit(pids.get()).map(s -> number("pids", s)),
                spec.userData(),
                hugePages.isEmpty()
                        ? spec.hugePages()
                        : limit(hugePages.get()).map(s -> HugePages.parse("hugePages", s)),
                spec.nics(),
                autostart == null ? spec.autostart() : autostart);
    }

    private static Optional<String> limit(String text) {
        return text.equals("none") || text.equals("no") ? Optional.empty() : Optional.of(text);
    }

    private static int number(String field, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw Refusal.invalid(field, text, "a whole number, or none");
        }
    }
}
