package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CgroupLayoutTest {
    /** Recorded on a Debian 12 machine without systemd. */
    private static final String HYBRID = """
            23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
            33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
            34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """;

    /** As cgroupfs-mount and systemd before 232 mount it; cpu and cpuacct share a hierarchy. */
    private static final String V1 = """
            25 19 0:21 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:8 - tmpfs tmpfs ro,mode=755
            26 25 0:22 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:9 - cgroup cgroup rw,xattr,release_agent=/lib/systemd/systemd-cgroups-agent,name=systemd
            29 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:13 - cgroup cgroup rw,cpu,cpuacct
            30 25 0:27 / /sys/fs/cgroup/cpuset rw,nosuid,nodev,noexec,relatime shared:14 - cgroup cgroup rw,cpuset,clone_children
            """;

    /** As systemd mounts it on Debian 13. */
    private static final String V2 = """
            24 30 0:22 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
            34 25 0:29 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
            """;

    @Test
    void readsAHybridLayout() {
        CgroupLayout layout = CgroupLayout.parse(HYBRID);
        assertThat(layout.mode()).isEqualTo(CgroupLayout.Mode.HYBRID).hasToString("hybrid");
        assertThat(layout.legacy())
                .containsEntry("cpuset", Path.of("/sys/fs/cgroup/cpuset"))
                .containsEntry("name=systemd", Path.of("/sys/fs/cgroup/systemd"));
        assertThat(layout.unified()).contains(Path.of("/sys/fs/cgroup/unified"));
        assertThat(layout.hierarchies()).hasSize(7).doesNotHaveDuplicates();
    }

    @Test
    void readsAVersion1LayoutWithSharedHierarchies() {
        CgroupLayout layout = CgroupLayout.parse(V1);
        assertThat(layout.mode()).hasToString("v1");
        assertThat(layout.legacy().get("cpu")).isEqualTo(layout.legacy().get("cpuacct"));
        assertThat(layout.legacy()).doesNotContainKey("clone_children");
        assertThat(layout.hierarchies()).hasSize(3);
    }

    @Test
    void readsAVersion2Layout() {
        CgroupLayout layout = CgroupLayout.parse(V2);
        assertThat(layout).isEqualTo(new CgroupLayout(Map.of(), Optional.of(Path.of("/sys/fs/cgroup"))));
        assertThat(layout.mode()).hasToString("v2");
    }

    /** LXC and systemd mount a hierarchy of systemd's own beside the unified one; it limits nothing. */
    @Test
    void aNamedHierarchyAloneMakesNoHybrid() {
        String named = "26 25 0:22 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";
        assertThat(CgroupLayout.parse(V2 + named).mode()).hasToString("v2");
    }

    @Test
    void aPathMayHoldASpace() {
        CgroupLayout layout = CgroupLayout.parse("34 25 0:29 / /my\\040groups rw - cgroup2 none rw");
        assertThat(layout.unified()).contains(Path.of("/my groups"));
    }
}
