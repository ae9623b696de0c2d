package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.linux.CpuTree.Cpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuTreeTest {
    @TempDir
    Path sys;

    private void put(String file, String text) throws IOException {
        Path path = sys.resolve("devices").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }

    private void cpu(int number, int socket, int core) throws IOException {
        put("system/cpu/cpu" + number + "/topology/physical_package_id", Integer.toString(socket));
        put("system/cpu/cpu" + number + "/topology/core_id", Integer.toString(core));
    }

    /** As recorded on a machine of two sockets with two cores of two threads each. */
    @Test
    void readsSocketsCoresNodesAndOfflineCpus() throws IOException {
        put("system/cpu/present", "0-7");
        put("system/cpu/online", "0-5,7");
        for (int i = 0; i < 8; i++) {
            if (i != 6) {
                cpu(i, i % 2, i % 4 / 2);
            }
        }
        put("system/node/node0/cpulist", "0,2,4");
        put("system/node/node1/cpulist", "1,3,5,7");
        List<Cpu> cpus = CpuTree.read(sys);
        assertThat(cpus).hasSize(8);
        assertThat(cpus.get(3)).isEqualTo(new Cpu(3, true, 1, 1, 1, false));
        assertThat(cpus.get(6).online()).isFalse();
        assertThat(cpus.get(7)).isEqualTo(new Cpu(7, true, 1, 1, 1, false));
    }

    /** As recorded on a hybrid processor; big.LITTLE machines give capacities instead. */
    @Test
    void tellsHybridCoresApart() throws IOException {
        put("system/cpu/present", "0-3");
        put("system/cpu/online", "0-3");
        put("cpu_core/cpus", "0-1");
        put("cpu_atom/cpus", "2-3");
        assertThat(CpuTree.read(sys)).extracting(Cpu::efficient).containsExactly(false, false, true, true);
        Files.delete(sys.resolve("devices/cpu_atom/cpus"));
        for (int i = 0; i < 4; i++) {
            put("system/cpu/cpu" + i + "/cpu_capacity", i == 0 ? "446" : "1024");
        }
        assertThat(CpuTree.read(sys)).extracting(Cpu::efficient).containsExactly(true, false, false, false);
    }

    @Test
    void aTreeWithoutCpusIsRefused() {
        assertThatThrownBy(() -> CpuTree.read(sys)).isInstanceOf(LinuxException.class);
    }

    @Test
    void readsThisMachine() {
        assertThat(CpuTree.read(Path.of("/sys"))).anyMatch(Cpu::online);
    }

    @Property
    void anyListIsRead(@ForAll String text) {
        assertThat(CpuTree.list(text)).allMatch(cpu -> cpu >= 0 && cpu <= 8191);
    }
}
