package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HardwareTest {
    @Test
    void theMachineIsDescribedAsItsOwnToolsDo() {
        assertThat(Hardware.onlineCpus()).matches("[0-9]+([-,][0-9]+)*");
        assertThat(Hardware.architecture()).isEqualTo(tool("uname", "-m"));
        assertThat(Hardware.kernelRelease()).isEqualTo(tool("uname", "-r"));
        assertThat(Hardware.memoryBytes()).isGreaterThan(64L << 20);
        assertThat(Hardware.availableMemoryBytes()).isBetween(1L, Hardware.memoryBytes());
        assertThat(Hardware.bootId()).hasSize(36).isEqualTo(Hardware.bootId());
    }

    private static String tool(String... command) {
        return Command.run(Duration.ofSeconds(10), List.of(command)).output().strip();
    }
}
