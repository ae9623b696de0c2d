package io.lamella.backend.kvm;

import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.model.Firmware;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** UEFI firmware for machines, as Debian's package ovmf brings it; without secure boot. */
final class Ovmf {
    static final Path CODE = Path.of("/usr/share/OVMF/OVMF_CODE_4M.fd");
    private static final Path VARIABLES = Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd");

    private Ovmf() {}

    static boolean boots(Root root) {
        return root instanceof Root.Disk disk && disk.firmware() == Firmware.UEFI;
    }

    /** Why no machine can boot with it. */
    static Optional<String> missing() {
        return Files.isReadable(CODE) && Files.isReadable(VARIABLES)
                ? Optional.empty()
                : Optional.of("it boots with UEFI, whose firmware is missing here: install the Debian package ovmf");
    }

    /** Gives an instance what its firmware remembers; what exists is kept. */
    static void provide(Unit unit, InstancePlan plan) throws IOException {
        if (!Files.exists(unit.variables())) {
            Path part = unit.directory().resolve("uefi-variables.part");
            Files.deleteIfExists(part);
            Files.copy(VARIABLES, part);
            Disk.give(part, plan);
            Files.move(part, unit.variables());
        }
    }
}
