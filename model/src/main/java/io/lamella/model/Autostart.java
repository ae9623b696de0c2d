package io.lamella.model;

import io.avaje.jsonb.Json;

/**
 * How an instance is started when the node comes up.
 *
 * @param enabled false: it stays stopped; true: it is started if it was running when the node went down
 * @param priority higher is started earlier, -1000 to 1000
 * @param delaySeconds how long to wait after its start before the next one of its slice, 0 to 3600
 */
@Json
public record Autostart(boolean enabled, int priority, int delaySeconds) {
    public static final Autostart DEFAULT = new Autostart(true, 0, 0);

    public Autostart {
        Limits.checkRange("autostart.priority", priority, -1000, 1000);
        Limits.checkRange("autostart.delaySeconds", delaySeconds, 0, 3600);
    }
}
