package io.lamella.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.isolation.Knob.Form;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Values of this machine's kernel. */
class KnobTest {
    /** The kernel gives such a number whole to the first read only. */
    @Test
    void aNumberOfProcSysIsReadWhole() {
        Path period = Path.of("/proc/sys/kernel/sched_rt_period_us");
        Assumptions.assumeTrue(Files.exists(period), "this kernel has no " + period);
        String value = new Knob.Text(Form.WORD, period).read().orElseThrow();
        assertThat(Integer.parseInt(value)).isGreaterThanOrEqualTo(1000);
    }

    @Test
    void aKeyNamesItsKnob() {
        for (String key : new String[] {
            "mask:/proc/irq/1/smp_affinity", "group:/a", "controller:/a/b", "task:12@34", "offspring:0-2@77"
        }) {
            assertThat(Knob.of(key).key()).isEqualTo(key);
        }
    }

    @Test
    void masksAndListsAreComparedAsSets() {
        assertThat(new Knob.Text(Form.MASK, Path.of("x")).same("00000003", "3")).isTrue();
        assertThat(new Knob.Text(Form.LIST, Path.of("x")).same("0-1", "0,1")).isTrue();
        assertThat(new Knob.Text(Form.WORD, Path.of("x")).same("03", "3")).isFalse();
    }
}
