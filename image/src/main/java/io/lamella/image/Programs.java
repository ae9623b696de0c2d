package io.lamella.image;

import io.lamella.linux.Command;
import io.lamella.model.Refusal;
import java.nio.file.Path;

/** Programs of the operating system that this room runs. */
final class Programs {
    private Programs() {}

    /** The program's path; refuses with the package's name where it is not installed. */
    static Path require(String name, String debianPackage) {
        return Command.find(name)
                .orElseThrow(() -> Refusal.unavailable(
                        "the program " + name + " is missing: install the Debian package " + debianPackage));
    }
}
