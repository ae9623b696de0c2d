package io.lamella.openflow;

import java.time.Duration;

/**
 * A flow entry as a switch reports it (section A.3.5.2).
 *
 * @param age since it was added
 * @param idleTimeout in seconds; 0 is none
 * @param hardTimeout in seconds; 0 is none
 * @param flags OFPFF bits
 * @param packets the number of frames that matched
 */
public record FlowStats(
        FlowEntry entry, Duration age, int idleTimeout, int hardTimeout, int flags, long packets, long bytes) {}
