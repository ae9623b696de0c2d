package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What the kernel's command line has to say for what cannot be changed while it runs.
 *
 * @param line all parameters, separated by spaces
 */
@Json
public record BootParameters(CpuSet cpus, String line, List<Parameter> parameters) {
    public BootParameters {
        parameters = Given.list(parameters);
    }

    /**
     * One parameter.
     *
     * @param text as it is written, such as {@code nohz_full=2-3}
     * @param present whether the running kernel was started with it
     */
    @Json
    public record Parameter(String text, String purpose, boolean present) {}
}
