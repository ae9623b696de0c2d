package io.lamella.isolation;

import io.lamella.isolation.Knob.Form;
import io.lamella.linux.Tasks;
import io.lamella.model.CpuSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who may run on the isolated CPUs (kernel Documentation/admin-guide/cgroup-v2.rst, cpuset). */
final class Cpusets {
    private static final String CPUS = "cpuset.cpus";
    private static final String EXCLUSIVE = "cpuset.cpus.exclusive";
    private static final String PARTITION = "cpuset.cpus.partition";

    private Cpusets() {}

    /** An isolated partition of cgroup v2; with version 1 only the kernel's command line ends load balancing. */
    static Finding partition(Scene s) {
        String parameter = "isolcpus=managed_irq,domain," + s.isolated();
        String booted = Scene.text(s.sys().resolve("devices/system/cpu/isolated"));
        if (s.unified().isEmpty()) {
            return Form.LIST
                            .cpus(booted)
                            .filter(c -> c.containsAll(s.isolated()))
                            .isPresent()
                    ? new Finding.Holds("the kernel was started with isolcpus for them")
                    : new Finding.Boot(parameter, "cgroup v1 has no isolated partitions");
        }
        Path root = s.unified().get();
        Path group = root.resolve(s.group());
        List<Want> wants = new ArrayList<>();
        wants.add(new Want(new Knob.Controller(root.resolve("cgroup.subtree_control")), Knob.PRESENT));
        if (s.order().slice().isPresent()) {
            if (!Files.exists(group.resolve(EXCLUSIVE))) {
                return new Finding.Boot(parameter, "this kernel has no isolated partitions below the first level");
            }
            wants.add(list(group.resolveSibling(EXCLUSIVE), s.isolated()));
            wants.add(list(group.resolve(EXCLUSIVE), s.isolated()));
        } else {
            wants.addAll(besides(s, root, group));
            wants.add(new Want(new Knob.Group(group), Knob.PRESENT));
            wants.add(list(group.resolve(CPUS), s.isolated()));
        }
        wants.add(new Want(new Knob.Text(Form.WORD, group.resolve(PARTITION)), "isolated"));
        return new Finding.Wants(wants);
    }

    /** Groups beside it that name the same CPUs would make the partition invalid. */
    private static List<Want> besides(Scene s, Path root, Path group) {
        List<Want> wants = new ArrayList<>();
        for (Path other : Scene.entries(root)) {
            CpuSet cpus = Form.LIST.cpus(Scene.text(other.resolve(CPUS))).orElse(CpuSet.EMPTY);
            if (!other.equals(group) && cpus.intersects(s.isolated())) {
                wants.add(list(other.resolve(CPUS), s.narrowed(cpus)));
            }
        }
        return wants;
    }

    private static Want list(Path file, CpuSet cpus) {
        return new Want(new Knob.Text(Form.LIST, file), cpus.toString());
    }

    /** Every task that is not meant to be there, except those of the kernel that belong to one CPU. */
    static Finding tasks(Scene s) {
        Set<Long> own = s.own().get();
        List<Want> wants = new ArrayList<>();
        for (Tasks.Task task : Tasks.all()) {
            CpuSet cpus = CpuSet.parse("cpus", task.cpus());
            if (!task.bound() && !own.contains((long) task.process())) {
                CpuSet left = cpus.intersects(s.isolated()) ? s.narrowed(cpus) : cpus;
                wants.add(new Want(new Knob.Placement(task.id(), task.startTime()), left.toString()));
            }
        }
        return new Finding.Wants(wants);
    }
}
