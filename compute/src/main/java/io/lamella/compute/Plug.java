package io.lamella.compute;

/** How a backend takes its ports' devices. */
public sealed interface Plug {
    /** Pairs of devices; the backend moves the guest ends into the instance's network namespace. */
    record Pair() implements Plug {}

    /**
     * Tap devices (kernel document networking/tuntap) in place of the host ends, opened by a process of the backend's.
     *
     * @param owner the host user that may open them
     */
    record Tap(long owner) implements Plug {}

    /** The backend makes the host devices itself, under their names, while it starts the instance. */
    record Own() implements Plug {}
}
