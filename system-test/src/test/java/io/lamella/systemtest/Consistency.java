package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.InstanceState;
import io.lamella.model.InstanceView;
import io.lamella.model.Port;
import io.lamella.systemtest.Expectations.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;

/** Compares what clients were told, what the daemon says, and what the kernel and the switch hold. */
final class Consistency {
    private final TestNode node;
    private final Kernel kernel;

    Consistency(TestNode node) {
        this.node = node;
        this.kernel = new Kernel(node);
    }

    /** Fails where anything is lost or left over; afterwards {@code expected} says what is really there. */
    void check(Expectations expected, String when) throws Exception {
        List<InstanceView> instances = node.instances();
        Set<String> slices = node.slices().stream().map(s -> s.name()).collect(Collectors.toCollection(TreeSet::new));
        Set<String> keys =
                instances.stream().map(i -> i.slice() + "/" + i.name()).collect(Collectors.toCollection(TreeSet::new));
        SoftAssertions soft = new SoftAssertions();
        compareWithClients(soft, expected, instances, slices, keys);
        try {
            // where the switch had not been started yet when the daemon was killed, its successor serves meanwhile
            Eventually.until("the bridge is there", kernel::hasBridge);
            compareWithKernel(soft, instances, slices);
            soft.assertAll();
        } catch (AssertionError e) {
            throw new AssertionError(when + ": " + e.getMessage() + "\ndaemon log:\n" + node.log(), e);
        }
        settle(expected, instances, slices, keys);
    }

    private static void compareWithClients(
            SoftAssertions soft,
            Expectations expected,
            List<InstanceView> instances,
            Set<String> slices,
            Set<String> keys) {
        expected.fates().forEach((key, fate) -> {
            Set<String> there = key.contains("/") ? keys : slices;
            if (fate == Fate.PRESENT) {
                soft.assertThat(there).as("%s was acknowledged", key).contains(key);
            } else if (fate == Fate.ABSENT) {
                soft.assertThat(there).as("%s is not wanted", key).doesNotContain(key);
            }
        });
        Map<String, Boolean> running = expected.running();
        for (InstanceView i : instances) {
            Boolean runs = running.get(i.slice() + "/" + i.name());
            if (runs != null) {
                soft.assertThat(i.status().state())
                        .as("%s/%s", i.slice(), i.name())
                        .isEqualTo(runs ? InstanceState.RUNNING : InstanceState.STOPPED);
            }
        }
    }

    private void compareWithKernel(SoftAssertions soft, List<InstanceView> instances, Set<String> slices)
            throws Exception {
        List<InstanceView> running = instances.stream()
                .filter(i -> i.status().state() == InstanceState.RUNNING)
                .toList();
        Set<String> runningUnits =
                running.stream().map(Consistency::unit).collect(Collectors.toCollection(TreeSet::new));
        Set<String> units = instances.stream().map(Consistency::unit).collect(Collectors.toCollection(TreeSet::new));
        Set<String> devices = running.stream()
                .flatMap(i -> i.ports().stream())
                .map(Port::hostDevice)
                .collect(Collectors.toCollection(TreeSet::new));

        soft.assertThat(kernel.monitors()).as("LXC monitors").isEqualTo(runningUnits);
        soft.assertThat(directories(node.state().resolve("lxc")))
                .as("instance directories")
                .isEqualTo(units);
        for (InstanceView i : running) {
            int pid = i.status().pid().orElse(0);
            soft.assertThat(Path.of("/proc/" + pid)).as("init of %s", unit(i)).exists();
            soft.assertThat(cgroupOf(pid))
                    .as("cgroup of %s", unit(i))
                    .contains(node.name + "/" + i.slice() + "/" + i.name());
        }
        Set<String> wantedGroups = new TreeSet<>(slices);
        for (InstanceView i : running) {
            wantedGroups.add(i.slice() + "/" + i.name());
            wantedGroups.add(i.slice() + "/" + i.name() + ".monitor");
        }
        soft.assertThat(kernel.cgroups()).as("cgroups").isSubsetOf(wantedGroups);
        soft.assertThat(kernel.mounts())
                .as("mounts")
                .allSatisfy(mount -> assertThat(runningUnits)
                        .anySatisfy(u -> assertThat(mount).contains(u)));
        soft.assertThat(kernel.links()).as("network devices").isEqualTo(devices);
        soft.assertThat(kernel.switchPorts()).as("switch ports").isEqualTo(devices);
        soft.assertThat(kernel.flowPorts()).as("ports with flows").isEqualTo(devices);
    }

    private static void settle(
            Expectations expected, List<InstanceView> instances, Set<String> slices, Set<String> keys) {
        expected.fates().forEach((key, fate) -> {
            boolean there = key.contains("/") ? keys.contains(key) : slices.contains(key);
            if (fate == Fate.UNKNOWN) {
                expected.set(key, there ? Fate.PRESENT : Fate.ABSENT);
            }
        });
        for (InstanceView i : instances) {
            expected.running(i.slice() + "/" + i.name(), i.status().state() == InstanceState.RUNNING);
        }
    }

    private static String unit(InstanceView i) {
        return i.slice() + "." + i.name();
    }

    private static String cgroupOf(int pid) throws IOException {
        Path file = Path.of("/proc/" + pid + "/cgroup");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static Set<String> directories(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return Set.of();
        }
        try (Stream<Path> list = Files.list(parent)) {
            return list.filter(Files::isDirectory)
                    .map(p -> p.getFileName().toString())
                    .filter(n -> n.contains(".") && !n.startsWith("."))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
