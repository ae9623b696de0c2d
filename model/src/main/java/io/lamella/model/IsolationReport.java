package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What isolation would do, has done or finds.
 *
 * @param cpus those that are kept free
 * @param housekeeping all other online ones
 * @param slice whose instances run on them, where it is a slice's
 * @param steps one for each action of the checklist that the profile asks for
 */
@Json
public record IsolationReport(
        IsolationProfile profile, CpuSet cpus, CpuSet housekeeping, Optional<String> slice, List<Step> steps) {
    public IsolationReport {
        slice = Given.optional(slice);
        steps = Given.list(steps);
    }

    /** Whether nothing drifted. */
    public boolean holds() {
        return steps.stream().noneMatch(s -> s.state() == State.DRIFTED);
    }

    /** How an action stands. */
    public enum State {
        /** It would change something. */
        PLANNED,
        /** It changed something, which was read back. */
        APPLIED,
        /** It is as wanted. */
        VERIFIED,
        /** It was applied and is no longer as wanted. */
        DRIFTED,
        /** This machine cannot do it, or some of it refuses; {@code found} says why. */
        UNSUPPORTED,
        /** Only the kernel's command line can; {@code parameter} says what to put there. */
        NEEDS_REBOOT;

        @Json.Value
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One action.
     *
     * @param expected what it brings about
     * @param found what the kernel says
     * @param cost what it costs the node
     * @param parameter for the kernel's command line; empty where none is needed
     */
    @Json
    public record Step(String action, State state, String expected, String found, String cost, String parameter) {}
}
