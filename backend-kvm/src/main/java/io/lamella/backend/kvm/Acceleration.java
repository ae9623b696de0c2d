package io.lamella.backend.kvm;

import io.lamella.model.Refusal;
import java.util.Locale;

/** What carries out a virtual machine's instructions. */
public enum Acceleration {
    /** The processor where the kernel offers it, otherwise software. */
    AUTO,
    /** The processor (kernel document virt/kvm/api). */
    KVM,
    /** Software, some ten times slower. */
    TCG;

    public static Acceleration parse(String text) {
        for (Acceleration acceleration : values()) {
            if (acceleration.name().toLowerCase(Locale.ROOT).equals(text)) {
                return acceleration;
            }
        }
        throw Refusal.invalid("acceleration", text, "auto, kvm or tcg");
    }
}
