package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * Which CPUs are to be kept free of everything else, and how far.
 *
 * @param profile absent: {@code isolated}
 * @param cpus how many, or which; absent where {@code slice} is given, whose CPUs they then are
 * @param slice whose instances run on them; absent: whoever is put there by hand
 * @param fullCores whether no other thread of their physical cores is used; absent: true
 * @param threadsPerCore how many threads of a core are used; absent: as many as it has
 * @param numa absent: {@code any}
 */
@Json
public record IsolationRequest(
        Optional<IsolationProfile> profile,
        Optional<CpuRequest> cpus,
        Optional<String> slice,
        Optional<Boolean> fullCores,
        Optional<Integer> threadsPerCore,
        Optional<NumaPolicy> numa) {
    private static final int ANY_THREADS = 8;

    public IsolationRequest {
        profile = Given.optional(profile);
        cpus = Given.optional(cpus);
        slice = Given.optional(slice);
        fullCores = Given.optional(fullCores);
        threadsPerCore = Given.optional(threadsPerCore);
        numa = Given.optional(numa);
        if (profile.isPresent() && profile.get().compareTo(IsolationProfile.ISOLATED) < 0) {
            throw Refusal.invalid(
                    "profile",
                    profile.get(),
                    "isolated or realtime: a slice with cpus of its own has dedicated ones, all others share");
        }
        if (cpus.isPresent() == slice.isPresent()) {
            throw Refusal.invalid("cpus", "either cpus or slice must be given, and not both");
        }
    }

    public IsolationProfile profileOrDefault() {
        return profile.orElse(IsolationProfile.ISOLATED);
    }

    /** The same as the planner takes it. */
    public CoreRequest asCoreRequest(String name, CpuRequest which) {
        return new CoreRequest(
                name,
                profileOrDefault(),
                Optional.of(which),
                fullCores.orElse(true),
                threadsPerCore.orElse(ANY_THREADS),
                numa.orElse(NumaPolicy.ANY));
    }
}
