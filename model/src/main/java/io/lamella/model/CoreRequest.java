package io.lamella.model;

import java.util.Optional;

/**
 * What somebody asks of the node's cores.
 *
 * @param name who asks; unique among the requests of a plan
 * @param cpus how many, or which; absent only with {@link IsolationProfile#SHARED}, which takes what there is
 * @param fullCores whether nobody else may have a thread of the same physical cores
 * @param threadsPerCore how many threads of a core are used at most, 1 or more; the others stay idle with
 *     {@code fullCores}; means nothing without it
 */
public record CoreRequest(
        String name,
        IsolationProfile profile,
        Optional<CpuRequest> cpus,
        boolean fullCores,
        int threadsPerCore,
        NumaPolicy numa) {
    public CoreRequest {
        if (threadsPerCore < 1 || threadsPerCore > 8) {
            throw Refusal.invalid("threadsPerCore", threadsPerCore, "1 to 8");
        }
        if (cpus.isEmpty() && profile != IsolationProfile.SHARED) {
            throw Refusal.invalid("cpus", "cpus is missing: profile \"" + profile + "\" needs a number or a list");
        }
    }
}
