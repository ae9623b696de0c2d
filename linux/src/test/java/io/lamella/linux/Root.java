package io.lamella.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** What the system tests share. */
final class Root {
    private Root() {}

    static void assumed() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    }

    static void assumedProgram(String program) {
        boolean there = java.util.stream.Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        assumeTrue(there, "needs the program " + program);
    }

    /** A name that no other test uses, at most 15 characters. */
    static String name(String prefix) {
        return prefix + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x100000, 0xffffff));
    }
}
