package io.lamella.microbench;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.microbench.NoiseMeter.Interrupts;
import io.lamella.model.Latency;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoiseTest {
    private static final List<String> INTERRUPTS = """
                       CPU0       CPU1
              1:          9          3   IO-APIC   1-edge      i8042
             24:          0          4  PCI-MSIX-0000:00:01.0   0-edge      virtio0-config
            LOC:       1000        500   Local timer interrupts
            RES:         20         10   Rescheduling interrupts
            ERR:          7
            MIS:          0
            """.lines().toList();

    private static Noise noise(String state, double seconds, long ticks) {
        return new Noise(state, seconds, ticks, 0, 0, new Latency("cyclictest", 1, 1, 1, 1, 1, 1));
    }

    @Test
    void interruptsAreThoseOfOneCpu() {
        assertThat(Interrupts.parse(1, INTERRUPTS)).isEqualTo(new Interrupts(500, 17));
        assertThat(Interrupts.parse(0, INTERRUPTS)).isEqualTo(new Interrupts(1000, 29));
    }

    @Test
    void aLineIsReadAsItWasWritten() {
        Noise noise = new Noise("isolated", 10.5, 1, 2, 3, new Latency("cyclictest", 9, 8, 7, 6, 5, 4));
        assertThat(Noise.parse(noise.line())).isEqualTo(noise);
    }

    @Test
    void theFirstRowIsWhatOthersAreComparedWith() {
        NoiseTable table = new NoiseTable(List.of(
                noise("dedicated", 10, 2500),
                noise("isolated", 10, 2500),
                noise("isolated, boot parameters", 10, 120),
                noise("tuned, boot parameters", 10, 130)));
        assertThat(table.text().lines().toList().get(3)).contains(" 12.00 ", "20.8x");
        assertThat(table.verdicts()).hasSize(2).allMatch(v -> v.endsWith(": met") || v.endsWith(": not worse"));
        assertThat(table.met()).isTrue();
    }

    @Test
    void goalsCanBeMissed() {
        Noise first = noise("dedicated", 10, 2500);
        Noise own = noise("isolated, boot parameters", 10, 126);
        assertThat(new NoiseTable(List.of(first, own)).met()).isFalse();
        Noise good = noise("isolated, boot parameters", 10, 20);
        assertThat(new NoiseTable(List.of(first, good)).met()).isTrue();
        assertThat(new NoiseTable(List.of(first, good, noise("tuned, boot parameters", 10, 19))).met())
                .isFalse();
    }

    @Test
    void nothingAtAllIsAsIfItWereOne() {
        Noise none = noise("isolated, boot parameters", 10, 0);
        assertThat(new NoiseTable(List.of(noise("dedicated", 10, 2500), none)).text())
                .contains("> 2500.0x");
    }
}
