package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** This machine's control groups. */
class CgroupsTest {
    private final String root = "lamtest" + UUID.randomUUID().toString().substring(0, 8);
    private Cgroups cgroups;

    @BeforeEach
    void detect() {
        assumeTrue(Files.isWritable(Path.of("/sys/fs/cgroup")), "needs root and a mounted /sys/fs/cgroup");
        cgroups = Cgroups.detect();
        cgroups.create(root + "/a/one");
    }

    @AfterEach
    void clean() {
        if (cgroups != null) {
            cgroups.kill(root);
            cgroups.delete(root);
            assertThat(cgroups.exists(root)).isFalse();
        }
    }

    @Test
    void aNewGroupMayUseEveryCpu() {
        assumeTrue(cgroups.controllers().contains("cpuset"), "needs the cpuset controller");
        assertThat(cgroups.effectiveCpus(root + "/a/one")).isEqualTo(cgroups.effectiveCpus(root));
        assertThat(cgroups.effectiveCpus(root)).startsWith("0");
    }

    @Test
    void limitsAreReadBackFromTheKernel() {
        assumeTrue(cgroups.controllers().contains("memory"), "needs the memory controller");
        String group = root + "/a";
        cgroups.setCpus(group + "/one", "0");
        cgroups.setCpuWeight(group, 250);
        cgroups.setPidsLimit(group, OptionalLong.of(50));
        assertThat(cgroups.memoryLimit(group)).isEmpty();
        cgroups.setMemoryLimit(group, OptionalLong.of(64 << 20));
        cgroups.setMemoryLimit(group, OptionalLong.of(32 << 20));
        cgroups.setMemoryLimit(group, OptionalLong.of(48 << 20));

        assertThat(cgroups.cpus(group + "/one")).isEqualTo("0");
        assertThat(cgroups.effectiveCpus(group + "/one")).isEqualTo("0");
        assertThat(cgroups.cpuWeight(group)).isEqualTo(250);
        assertThat(cgroups.pidsLimit(group)).hasValue(50);
        assertThat(cgroups.memoryLimit(group + "/one")).hasValue(48 << 20);

        cgroups.setMemoryLimit(group, OptionalLong.empty());
        cgroups.setPidsLimit(group, OptionalLong.empty());
        assertThat(cgroups.memoryLimit(group)).isEmpty();
        assertThat(cgroups.pidsLimit(group)).isEmpty();
    }

    @Test
    void theFilesThatANewGroupGetsExist() {
        var files = cgroups.controlFiles(
                root + "/a", new Cgroups.Limits("0", 200, OptionalLong.of(64 << 20), OptionalLong.of(10)));
        assertThat(files).isNotEmpty();
        files.keySet()
                .forEach(file -> assertThat(cgroups.layout().hierarchies())
                        .anyMatch(h -> Files.exists(h.resolve(root + "/a/one").resolve(file))));
    }

    @Test
    void aGroupMovesToOtherCpusUnderItsDescendants() {
        assumeTrue(cgroups.controllers().contains("cpuset"), "needs the cpuset controller");
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs two CPUs");
        cgroups.create(root + "/a/two");
        cgroups.setCpus(root + "/a/one", "0");
        cgroups.setCpus(root + "/a/two", "0-1");

        cgroups.setCpus(root + "/a", "1");
        assertThat(cgroups.effectiveCpus(root + "/a/one")).isEqualTo("1");
        assertThat(cgroups.effectiveCpus(root + "/a/two")).isEqualTo("1");

        cgroups.setCpus(root + "/a", "0");
        assertThat(cgroups.effectiveCpus(root + "/a/two")).isEqualTo("0");

        cgroups.setCpus(root + "/a", "0-1");
        assertThat(cgroups.effectiveCpus(root + "/a")).isEqualTo("0-1");
    }

    @Test
    void processesAreSeenAndEnded() throws IOException {
        Process sleeper = new ProcessBuilder("/bin/sleep", "1000").start();
        try {
            for (Path hierarchy : cgroups.layout().hierarchies()) {
                Files.writeString(
                        hierarchy.resolve(root + "/a/one/cgroup.procs"),
                        sleeper.pid() + "\n",
                        StandardOpenOption.WRITE);
            }
            assertThat(cgroups.processes(root)).containsExactly(sleeper.pid());
            assertThat(cgroups.usage(root + "/a").processes()).isEqualTo(1);
            assertThat(cgroups.children(root)).containsExactly("a");

            cgroups.kill(root + "/a");

            assertThat(cgroups.processes(root)).isEmpty();
            cgroups.delete(root + "/a");
            assertThat(cgroups.children(root)).isEmpty();
        } finally {
            sleeper.destroyForcibly();
        }
    }

    @Test
    void whatTheKernelRefusesIsSaid() {
        assumeTrue(cgroups.controllers().contains("cpuset"), "needs the cpuset controller");
        assertThatThrownBy(() -> cgroups.setCpus(root + "/a", "8000"))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("8000")
                .hasMessageContaining("cpuset.cpus");
    }
}
