package io.lamella.isolation;

import java.util.List;

/** What an action finds when it looks at the machine. */
sealed interface Finding {
    /**
     * Values that the kernel is to have; those that it has already included.
     *
     * @param note what else is to be known where it has them all; may be empty
     */
    record Wants(List<Want> wants, String note) implements Finding {
        Wants(List<Want> wants) {
            this(wants, "");
        }
    }

    /** Nothing has to be done; says why. */
    record Holds(String found) implements Finding {}

    /** Nothing can be done; says why. */
    record Unsupported(String why) implements Finding {}

    /** Only the kernel's command line can. */
    record Boot(String parameter, String why) implements Finding {}
}
