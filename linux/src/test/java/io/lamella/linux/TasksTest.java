package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TasksTest {
    @Test
    void aTaskIsMovedAndFound() throws IOException {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            int pid = (int) sleep.pid();
            Tasks.Task before = Tasks.find(pid).orElseThrow();
            int first = Integer.parseInt(before.cpus().split("[-,]", -1)[0]);
            Tasks.move(pid, new int[] {first});
            assertThat(Tasks.find(pid).orElseThrow().cpus()).isEqualTo(Integer.toString(first));
            assertThat(Tasks.all()).anyMatch(t -> t.id() == pid && t.startTime() == before.startTime());
            assertThat(before.startTime()).isLessThanOrEqualTo(Tasks.now());
        } finally {
            sleep.destroyForcibly();
        }
    }

    @Test
    void aTaskThatIsGoneIsSaidToBe() {
        assertThatThrownBy(() -> Tasks.move(Integer.MAX_VALUE, new int[] {0}))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ESRCH));
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll String stat, @ForAll String status) {
        Tasks.parse(1, stat, status + "\nCpus_allowed_list:\t0");
        Tasks.parse(1, "1 (" + stat + ") S " + status, status);
    }
}
