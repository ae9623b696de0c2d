package io.lamella.isolation;

import io.lamella.model.BootParameters;
import io.lamella.model.BootParameters.Parameter;
import io.lamella.model.CpuSet;
import io.lamella.model.IsolationProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The kernel's command line for isolation from the first moment (kernel-parameters.rst). */
final class CommandLine {
    private CommandLine() {}

    static BootParameters of(Scene scene) {
        CpuSet cpus = scene.isolated();
        List<String> present = Checklist.words(scene);
        List<Parameter> parameters = new ArrayList<>();
        add(
                parameters,
                present,
                "isolcpus=managed_irq,domain," + cpus,
                "no load balancing, and no interrupts that only their driver may move");
        add(parameters, present, "nohz_full=" + cpus, "no clock ticks while one task runs");
        add(parameters, present, "rcu_nocbs=" + cpus, "no callbacks of RCU");
        add(parameters, present, "irqaffinity=" + scene.housekeeping(), "interrupts elsewhere from the start");
        if (scene.order().profile() == IsolationProfile.REALTIME) {
            add(parameters, present, "skew_tick=1", "clocks of different CPUs tick at different moments");
        }
        String line = parameters.stream().map(Parameter::text).collect(Collectors.joining(" "));
        return new BootParameters(cpus, line, parameters);
    }

    private static void add(List<Parameter> parameters, List<String> present, String text, String purpose) {
        parameters.add(new Parameter(text, purpose, present.contains(text)));
    }
}
