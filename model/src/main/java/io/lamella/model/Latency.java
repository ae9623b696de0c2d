package io.lamella.model;

import io.avaje.jsonb.Json;

/**
 * How late timers woke a real-time task, in whole microseconds: the longest of all samples, and what the named share of
 * them did not exceed.
 *
 * @param method what measured it, such as {@code cyclictest}; figures of different methods say nothing of each other
 * @param samples how many wake-ups were measured, at least 1
 */
@Json
public record Latency(String method, long samples, long p50, long p99, long p999, long p9999, long max) {}
