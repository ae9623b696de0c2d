package io.lamella.api;

/** Who may call a route. Every caller is authenticated first. */
enum Access {
    /** Administrators of the node. */
    ADMINISTRATOR,
    /** Administrators, and tokens of the slice that the path names. */
    SLICE,
    /** Every caller; listings show a slice's token nothing but its slice. */
    EVERYONE
}
