package io.lamella.isolation;

import static io.lamella.model.IsolationProfile.ISOLATED;
import static io.lamella.model.IsolationProfile.REALTIME;

import io.lamella.isolation.Knob.Form;
import io.lamella.linux.Tasks;
import io.lamella.model.CpuSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The actions of isolation, in the order in which they are applied (kernel Documentation/admin-guide/cpu-isolation.rst,
 * kernel-per-CPU-kthreads.rst, pm/cpuidle.rst; core-api/irq/irq-affinity.rst).
 */
final class Checklist {
    static final List<Action> ACTIONS = List.of(
            new Action("online", ISOLATED, "none", s -> perCpu(s, "online", "1", "the CPUs cannot be taken offline")),
            new Action(
                    "partition",
                    ISOLATED,
                    "no load balancing on these CPUs: a program with several threads pins them itself",
                    Cpusets::partition),
            new Action("tasks", ISOLATED, "all other processes share the housekeeping CPUs", Cpusets::tasks),
            new Action("interrupts", ISOLATED, "the housekeeping CPUs serve all interrupts", Checklist::interrupts),
            new Action("workqueues", ISOLATED, "deferred kernel work runs elsewhere", Checklist::workqueues),
            new Action("rps-xps", ISOLATED, "packets are processed elsewhere", Checklist::packets),
            new Action(
                    "watchdog",
                    ISOLATED,
                    "a lockup of these CPUs goes unnoticed",
                    s -> narrowed(s, Form.LIST, Stream.of(s.proc().resolve("sys/kernel/watchdog_cpumask")))),
            new Action("timers", ISOLATED, "none", sysctl("kernel/timer_migration", "0")),
            new Action("vmstat", ISOLATED, "memory counters are up to 10 s old", sysctl("vm/stat_interval", "10")),
            new Action(
                    "numa-balancing",
                    ISOLATED,
                    "memory stays where it was touched first",
                    sysctl("kernel/numa_balancing", "0")),
            new Action(
                    "frequency",
                    ISOLATED,
                    "more power",
                    s -> perCpu(s, "cpufreq/scaling_governor", "performance", "the kernel does not scale frequencies")),
            new Action(
                    "energy-bias",
                    ISOLATED,
                    "more power",
                    s -> perCpu(s, "power/energy_perf_bias", "0", "the processor has no energy bias")),
            new Action("smt", ISOLATED, "none", Checklist::siblings),
            new Action(
                    "irqbalance",
                    ISOLATED,
                    "none",
                    s -> foreign(
                            "irqbalance",
                            "set IRQBALANCE_BANNED_CPULIST=\"" + s.isolated()
                                    + "\" in /etc/default/irqbalance and restart it")),
            new Action(
                    "tuned",
                    ISOLATED,
                    "none",
                    s -> foreign("tuned", "stop it or give it a profile that leaves CPUs " + s.isolated() + " alone")),
            new Action("managed-irqs", ISOLATED, "a reboot", s -> boot(s, "isolcpus=managed_irq,domain,", "isolcpus")),
            new Action("ticks", ISOLATED, "a reboot, and slower system calls on these CPUs", Checklist::ticks),
            new Action("rcu-callbacks", ISOLATED, "a reboot", s -> boot(s, "rcu_nocbs=", "rcu_nocbs")),
            new Action(
                    "idle-states",
                    REALTIME,
                    "these CPUs never sleep deeply: more power and heat",
                    s -> perCpu(s, "power/pm_qos_resume_latency_us", "n/a", "the kernel has no PM QoS for CPUs")),
            new Action(
                    "rt-throttling",
                    REALTIME,
                    "a real-time task that never sleeps starves all others on its CPU",
                    sysctl("kernel/sched_rt_runtime_us", "-1")),
            new Action("nmi-watchdog", REALTIME, "hard lockups go unnoticed", sysctl("kernel/nmi_watchdog", "0")),
            new Action("machine-checks", REALTIME, "corrected memory errors are not polled for", Checklist::checks),
            new Action(
                    "huge-pages",
                    REALTIME,
                    "programs get huge pages only from hugetlbfs",
                    s -> each(
                            Form.CHOICE,
                            "never",
                            List.of(s.sys().resolve("kernel/mm/transparent_hugepage/enabled")),
                            "the kernel has no transparent huge pages")),
            new Action(
                    "same-page-merging",
                    REALTIME,
                    "equal pages of virtual machines stay apart",
                    s -> each(
                            Form.WORD,
                            "0",
                            List.of(s.sys().resolve("kernel/mm/ksm/run")),
                            "the kernel merges no pages")),
            new Action("clock", REALTIME, "none", Checklist::clock),
            new Action("skewed-ticks", REALTIME, "a reboot", s -> flag(s, "skew_tick=1")));

    private Checklist() {}

    private static Finding interrupts(Scene s) {
        Path irq = s.proc().resolve("irq");
        Finding finding = narrowed(
                s,
                Form.MASK,
                Stream.concat(
                        Stream.of(irq.resolve("default_smp_affinity")),
                        Scene.entries(irq).stream().map(d -> d.resolve("smp_affinity"))));
        return finding instanceof Finding.Wants w ? new Finding.Wants(w.wants(), pending(s, irq, w.wants())) : finding;
    }

    /** Interrupts that the kernel moves only when they next come, if ever: until then their last CPU stands. */
    private static String pending(Scene s, Path irq, List<Want> wants) {
        List<Path> moved = wants.stream()
                .filter(want -> !want.open() && want.knob() instanceof Knob.Text)
                .map(want -> ((Knob.Text) want.knob()).file().getParent())
                .toList();
        String names = Scene.entries(irq).stream()
                .filter(moved::contains)
                .filter(d -> Form.MASK
                        .cpus(Scene.text(d.resolve("effective_affinity")))
                        .filter(c -> c.intersects(s.isolated()))
                        .isPresent())
                .map(d -> d.getFileName().toString())
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : "before they move, these may come there once more: " + names;
    }

    private static Finding workqueues(Scene s) {
        Path all = s.sys().resolve("devices/virtual/workqueue");
        return narrowed(
                s,
                Form.MASK,
                Stream.concat(
                        Stream.of(all.resolve("cpumask")),
                        Scene.entries(all).stream().map(d -> d.resolve("cpumask"))));
    }

    private static Finding packets(Scene s) {
        return narrowed(
                s,
                Form.MASK,
                Scene.entries(s.sys().resolve("class/net")).stream()
                        .flatMap(device -> Scene.entries(device.resolve("queues")).stream())
                        .map(queue -> queue.resolve(
                                queue.getFileName().toString().startsWith("rx") ? "rps_cpus" : "xps_cpus")));
    }

    /** Files that hold CPUs, without the isolated ones; those that cannot be read count for nothing. */
    private static Finding narrowed(Scene s, Form form, Stream<Path> files) {
        List<Want> wants = new ArrayList<>();
        files.forEach(file -> {
            Knob knob = new Knob.Text(form, file);
            knob.read().flatMap(form::cpus).ifPresent(now -> {
                CpuSet left = now.intersects(s.isolated()) ? s.narrowed(now) : now;
                wants.add(new Want(knob, form.text(left)));
            });
        });
        return wants.isEmpty() ? new Finding.Unsupported("this machine has none") : new Finding.Wants(wants);
    }

    private static Function<Scene, Finding> sysctl(String name, String value) {
        return s -> each(Form.WORD, value, List.of(s.proc().resolve("sys").resolve(name)), "the kernel has no " + name);
    }

    private static Finding perCpu(Scene s, String file, String value, String otherwise) {
        Path cpus = s.sys().resolve("devices/system/cpu");
        return each(
                Form.WORD,
                value,
                s.isolated().stream()
                        .mapToObj(cpu -> cpus.resolve("cpu" + cpu).resolve(file))
                        .toList(),
                otherwise);
    }

    private static Finding checks(Scene s) {
        return each(
                Form.WORD,
                "0",
                Scene.entries(s.sys().resolve("devices/system/machinecheck")).stream()
                        .map(d -> d.resolve("check_interval"))
                        .toList(),
                "the kernel does not poll for machine checks");
    }

    private static Finding each(Form form, String value, List<Path> files, String otherwise) {
        List<Want> wants = files.stream()
                .filter(Files::exists)
                .map(file -> new Want(new Knob.Text(form, file), value))
                .toList();
        return wants.isEmpty() ? new Finding.Unsupported(otherwise) : new Finding.Wants(wants);
    }

    private static Finding siblings(Scene s) {
        CpuSet others = s.topology().wholeCores(s.isolated()).minus(s.isolated());
        return others.isEmpty()
                ? new Finding.Holds("no core is shared with other CPUs")
                : new Finding.Unsupported("CPUs " + others + " are threads of the same cores and are used by others");
    }

    /** A program of somebody else's that is known to set the same things. */
    private static Finding foreign(String program, String advice) {
        Optional<Tasks.Task> running =
                Tasks.all().stream().filter(t -> t.name().equals(program)).findFirst();
        return running.<Finding>map(t -> new Finding.Unsupported(
                        program + " runs as process " + t.process() + " and sets the same things: " + advice))
                .orElse(new Finding.Holds("it does not run"));
    }

    private static Finding ticks(Scene s) {
        Path file = s.sys().resolve("devices/system/cpu/nohz_full");
        return Form.LIST
                        .cpus(Scene.text(file))
                        .filter(c -> c.containsAll(s.isolated()))
                        .isPresent()
                ? new Finding.Holds("nohz_full has them")
                : new Finding.Boot("nohz_full=" + s.isolated(), "the clock ticks on these CPUs");
    }

    private static Finding boot(Scene s, String parameter, String name) {
        for (String word : words(s)) {
            String list = word.substring(word.indexOf('=') + 1).replaceFirst("^[a-z_,]*", "");
            if (word.startsWith(name + "=")
                    && Form.LIST
                            .cpus(list)
                            .filter(c -> c.containsAll(s.isolated()))
                            .isPresent()) {
                return new Finding.Holds("the kernel was started with " + word);
            }
        }
        return new Finding.Boot(parameter + s.isolated(), "the kernel was started without it");
    }

    private static Finding flag(Scene s, String word) {
        return words(s).contains(word)
                ? new Finding.Holds("the kernel was started with it")
                : new Finding.Boot(word, "all CPUs' clocks tick at the same moment");
    }

    static List<String> words(Scene s) {
        return List.of(Scene.text(s.proc().resolve("cmdline")).split("\\s+"));
    }

    private static Finding clock(Scene s) {
        String source = Scene.text(s.sys().resolve("devices/system/clocksource/clocksource0/current_clocksource"));
        return List.of("hpet", "acpi_pm", "jiffies", "refined-jiffies").contains(source)
                ? new Finding.Unsupported("the clock source is " + source + ", which is slow to read")
                : new Finding.Holds("the clock source is " + source);
    }
}
