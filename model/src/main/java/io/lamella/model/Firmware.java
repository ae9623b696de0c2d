package io.lamella.model;

import io.avaje.jsonb.Json;

/** What starts a disk image's own boot loader. */
public enum Firmware {
    /** The boot code in the disk's first sector. */
    BIOS,
    /** A program in the disk's EFI system partition (UEFI specification, section 3.5). */
    UEFI;

    public static Firmware parse(String field, String text) {
        for (Firmware firmware : values()) {
            if (firmware.word().equals(text)) {
                return firmware;
            }
        }
        throw Refusal.invalid(field, text, "bios or uefi");
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
