package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Locale;

/** What an instance is doing, as the kernel or hypervisor reports it at the moment of asking. */
public enum InstanceState {
    STOPPED,
    STARTING,
    RUNNING,
    FROZEN,
    STOPPING,
    /** It should be running and could not be started; the status names the reason. */
    FAILED;

    @Json.Value
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return word();
    }
}
