package io.lamella.model;

import io.avaje.jsonb.Json;

/** What runs an instance. */
public enum BackendKind {
    LXC,
    KVM,
    XEN,
    /** In a request only: the node picks by what it and the image support. */
    AUTO;

    public static BackendKind parse(String field, String text) {
        for (BackendKind kind : values()) {
            if (kind.word().equals(text)) {
                return kind;
            }
        }
        throw Refusal.invalid(field, text, "lxc, kvm, xen or auto");
    }

    /** The lower-case word used in the API, the CLI and files. */
    @Json.Value
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public String toString() {
        return word();
    }
}
