package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of version 2 on a plain directory tree, whose files keep the last line written. */
class CgroupsV2Test {
    @TempDir
    Path root;

    private Cgroups cgroups;

    @BeforeEach
    void plant() throws IOException {
        plant("", "cpuset cpu io memory pids", "cpu");
        plant("lamella", "cpuset cpu memory pids", "");
        plant("lamella/a", "cpuset cpu memory pids", "");
        plant("lamella/a/one", "cpuset cpu memory pids", "");
        cgroups = Cgroups.of(new CgroupLayout(Map.of(), Optional.of(root)));
    }

    private void plant(String group, String controllers, String given) throws IOException {
        Path directory = Files.createDirectories(root.resolve(group));
        Files.writeString(directory.resolve("cgroup.controllers"), controllers + "\n");
        Files.writeString(directory.resolve("cgroup.subtree_control"), given + "\n");
        Files.writeString(directory.resolve("cgroup.procs"), "");
        for (String file : new String[] {"memory.max", "memory.swap.max", "pids.max"}) {
            Files.writeString(directory.resolve(file), "max\n");
        }
        Files.writeString(directory.resolve("cpuset.cpus"), "\n");
        Files.writeString(directory.resolve("cpu.weight"), "100\n");
    }

    private String first(String file) throws IOException {
        return Files.readAllLines(root.resolve(file)).getFirst();
    }

    @Test
    void knowsItsControllers() {
        assertThat(cgroups.mode()).hasToString("v2");
        assertThat(cgroups.controllers()).containsExactly("cpu", "cpuset", "io", "memory", "pids");
    }

    @Test
    void createHandsTheControllersDownTheWholePathButNotToTheGroupsOwnChildren() throws IOException {
        cgroups.create("lamella/a/one");
        assertThat(first("lamella/a/cgroup.subtree_control")).isEqualTo("+pids");
        assertThat(first("lamella/cgroup.subtree_control")).isEqualTo("+pids");
        assertThat(first("cgroup.subtree_control")).isEqualTo("+pids");
        assertThat(first("lamella/a/one/cgroup.subtree_control")).isEmpty();
    }

    @Test
    void aParentHandsItsControllersToItsChildren() throws IOException {
        cgroups.createParent("lamella/a");
        assertThat(first("lamella/a/cgroup.subtree_control")).isEqualTo("+pids");
    }

    @Test
    void aMissingControllerIsTolerated() throws IOException {
        Files.delete(root.resolve("lamella/a/cpu.weight"));
        cgroups.setCpuWeight("lamella/a", 300);
        assertThat(cgroups.cpuWeight("lamella/a")).isZero();
        assertThatThrownBy(() -> cgroups.setCpuWeight("lamella/b", 300))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("lamella/b");
    }

    @Test
    void theLowestLimitOnThePathHolds() throws IOException {
        Files.writeString(root.resolve("lamella/a/memory.max"), "67108864\n");
        assertThat(cgroups.memoryLimit("lamella/a/one")).hasValue(64L << 20);
        Files.writeString(root.resolve("lamella/a/one/memory.max"), "33554432\n");
        assertThat(cgroups.memoryLimit("lamella/a/one")).hasValue(32L << 20);
        assertThat(cgroups.memoryLimit("lamella")).isEmpty();
    }

    @Test
    void aMemoryLimitHoldsForSwapToo() throws IOException {
        cgroups.setMemoryLimit("lamella/a", OptionalLong.of(4096));
        assertThat(first("lamella/a/memory.max")).isEqualTo("4096");
        assertThat(first("lamella/a/memory.swap.max")).isEqualTo("0");
    }

    @Test
    void namesTheFilesThatANewGroupGets() throws IOException {
        Cgroups.Limits limits = new Cgroups.Limits("0-1", 200, OptionalLong.of(4096), OptionalLong.of(10));
        assertThat(cgroups.controlFiles("lamella/a", limits))
                .containsExactly(
                        Map.entry("cpuset.cpus", "0-1"),
                        Map.entry("cpu.weight", "200"),
                        Map.entry("memory.max", "4096"),
                        Map.entry("memory.swap.max", "0"),
                        Map.entry("pids.max", "10"));
        Files.delete(root.resolve("lamella/a/memory.swap.max")); // a kernel without swap
        assertThat(cgroups.controlFiles("lamella/a", limits)).doesNotContainKey("memory.swap.max");
    }

    @Test
    void readsWhatAGroupUses() throws IOException {
        Files.writeString(root.resolve("lamella/a/memory.current"), "8192\n");
        Files.writeString(root.resolve("lamella/a/pids.current"), "3\n");
        Files.writeString(root.resolve("lamella/a/cpu.stat"), "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n");
        assertThat(cgroups.usage("lamella/a")).isEqualTo(new Cgroups.Usage(8192, 1_500_000, 3));
    }

    @Test
    void collectsProcessesAndChildren() throws IOException {
        Files.writeString(root.resolve("lamella/a/cgroup.procs"), "12\n");
        Files.writeString(root.resolve("lamella/a/one/cgroup.procs"), "7\n8\n");
        assertThat(cgroups.processes("lamella")).containsExactly(7L, 8L, 12L);
        assertThat(cgroups.children("lamella")).containsExactly("a");
    }

    @Test
    void nothingOutsideTheHierarchyIsNamed() {
        for (String group : new String[] {"", ".", "..", "a/../..", "/etc"}) {
            assertThatThrownBy(() -> cgroups.delete(group)).isInstanceOf(LinuxException.class);
        }
    }
}
