package io.lamella.isolation;

/** A value that something in the kernel is to have. */
record Want(Knob knob, String value) {
    /** Whether it is there to be set and has another value. */
    boolean open() {
        return knob.read().filter(found -> !knob.same(found, value)).isPresent();
    }
}
