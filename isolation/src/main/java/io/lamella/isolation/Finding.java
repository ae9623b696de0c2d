package io.lamella.isolation;

import java.util.List;

/** What an action finds when it looks at the machine. */
sealed interface Finding {
    /** Values that the kernel is to have; those that it has already included. */
    record Wants(List<Want> wants) implements Finding {}

    /** Nothing has to be done; says why. */
    record Holds(String found) implements Finding {}

    /** Nothing can be done; says why. */
    record Unsupported(String why) implements Finding {}

    /** Only the kernel's command line can. */
    record Boot(String parameter, String why) implements Finding {}
}
