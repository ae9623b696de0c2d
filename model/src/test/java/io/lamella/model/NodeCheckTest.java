package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.NodeCheckReport.Item;
import io.lamella.model.NodeCheckReport.State;
import io.lamella.model.Requirement.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeCheckTest {
    private static final Requirement BUILT_IN = Requirement.option(Capability.LXC, "USER_NS", "a test");
    private static final Requirement MODULE =
            Requirement.option(Capability.NETWORK, "OPENVSWITCH", "a test").module("openvswitch");
    private static final Requirement EITHER = Requirement.option(Capability.KVM, "KVM_INTEL", "a test")
            .or("KVM_AMD")
            .on(Requirement.X86)
            .module("kvm_intel kvm_amd");

    private static NodeFacts kernel(String config) {
        return new NodeFacts(
                "x86_64",
                "test",
                config.isEmpty() ? Optional.empty() : Optional.of(KernelConfig.parse("test", config)),
                Optional.empty(),
                Set.of(),
                Optional.empty());
    }

    private static NodeFacts modules(NodeFacts f, Set<String> installed, Set<String> loaded) {
        return new NodeFacts(f.machine(), f.kernel(), f.config(), Optional.of(installed), loaded, f.surroundings());
    }

    private static NodeFacts on(Set<String> controllers, Set<String> devices, Set<String> flags, Set<String> tools) {
        return new NodeFacts(
                "x86_64",
                "test",
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Optional.of(new NodeFacts.Surroundings(controllers, devices, flags, tools)));
    }

    private static Item one(Requirement requirement, NodeFacts facts) {
        return NodeCheck.of(List.of(requirement), Set.of(requirement.capability()), facts)
                .items()
                .getFirst();
    }

    @Test
    void anOptionIsThereWhereItsValueIsAccepted() {
        assertThat(one(BUILT_IN, kernel("CONFIG_USER_NS=y")).state()).isEqualTo(State.THERE);
        Item off = one(BUILT_IN, kernel("# CONFIG_USER_NS is not set"));
        assertThat(off.state()).isEqualTo(State.MISSING);
        assertThat(off.found()).isEqualTo("not set");
        assertThat(off.broughtBy()).isEqualTo("fragment lxc.cfg");
        assertThat(one(BUILT_IN, kernel("CONFIG_OTHER=y")).state()).isEqualTo(State.MISSING);
        assertThat(one(BUILT_IN, kernel("CONFIG_USER_NS=m")).state()).isEqualTo(State.MISSING);
        assertThat(one(MODULE, kernel("CONFIG_OPENVSWITCH=m")).state()).isEqualTo(State.THERE);
        assertThat(one(MODULE, kernel("CONFIG_OPENVSWITCH=m")).wanted()).isEqualTo("y, m");
    }

    @Test
    void aModuleThatNoPackageBroughtIsMissing() {
        NodeFacts configured = kernel("CONFIG_OPENVSWITCH=m");
        Item item = one(MODULE, modules(configured, Set.of("veth"), Set.of()));
        assertThat(item.state()).isEqualTo(State.MISSING);
        assertThat(item.found()).isEqualTo("m, but no module openvswitch");
        assertThat(item.broughtBy()).contains("kernel-module-openvswitch");
        assertThat(one(MODULE, modules(configured, Set.of("openvswitch"), Set.of()))
                        .state())
                .isEqualTo(State.THERE);
        assertThat(one(MODULE, modules(configured, Set.of(), Set.of("openvswitch")))
                        .state())
                .isEqualTo(State.THERE);
    }

    @Test
    void oneOfSeveralNamesIsEnough() {
        assertThat(one(EITHER, kernel("CONFIG_KVM_AMD=y")).state()).isEqualTo(State.THERE);
        assertThat(one(EITHER, kernel("CONFIG_KVM_INTEL=m\nCONFIG_KVM_AMD=m")).state())
                .isEqualTo(State.THERE);
        Item half = one(EITHER, modules(kernel("CONFIG_KVM_INTEL=m\nCONFIG_KVM_AMD=m"), Set.of("kvm_amd"), Set.of()));
        assertThat(half.state()).isEqualTo(State.THERE);
        assertThat(one(EITHER, kernel("CONFIG_KVM=y")).state()).isEqualTo(State.MISSING);
        assertThat(one(EITHER, kernel("CONFIG_KVM=y")).name()).isEqualTo("KVM_INTEL or KVM_AMD");
    }

    @Test
    void withoutAConfigurationOnlyWhatIsInUseIsKnown() {
        assertThat(one(BUILT_IN, kernel("")).state()).isEqualTo(State.UNKNOWN);
        assertThat(one(MODULE, modules(kernel(""), Set.of("openvswitch"), Set.of()))
                        .state())
                .isEqualTo(State.UNKNOWN);
        assertThat(one(MODULE, modules(kernel(""), Set.of(), Set.of("openvswitch")))
                        .state())
                .isEqualTo(State.THERE);
    }

    @Test
    void whatSurroundsTheKernelIsLookedUp() {
        NodeFacts all = on(Set.of("cpu"), Set.of("/dev/kvm"), Set.of("svm"), Set.of("xl"));
        NodeFacts none = on(Set.of("io"), Set.of(), Set.of("fpu"), Set.of());
        Requirement cpu = Requirement.cpu(Capability.KVM, List.of("vmx", "svm"), "a test");
        for (Requirement r : List.of(
                Requirement.controller(Capability.LXC, "cpu", "a test"),
                Requirement.device(Capability.KVM, "/dev/kvm", "a test"),
                cpu,
                Requirement.tool(Capability.XEN, "xl", "xen-utils", "xen-tools-xl", "a test"))) {
            assertThat(one(r, all).state()).as(r.name()).isEqualTo(State.THERE);
            assertThat(one(r, none).state()).as(r.name()).isEqualTo(State.MISSING);
            assertThat(one(r, none).broughtBy()).isNotEmpty();
        }
        NodeFacts blind = on(Set.of(), Set.of(), Set.of(), Set.of());
        assertThat(one(cpu, blind).state()).isEqualTo(State.UNKNOWN);
        assertThat(one(Requirement.controller(Capability.LXC, "cpu", "a test"), blind)
                        .state())
                .isEqualTo(State.UNKNOWN);
    }

    @Test
    void onlyWhatIsRequiredMakesAMachineIncomplete() {
        NodeFacts facts = kernel("CONFIG_USER_NS=y");
        assertThat(check(List.of(BUILT_IN, MODULE.recommended()), facts).complete())
                .isTrue();
        assertThat(check(List.of(BUILT_IN, MODULE), facts).complete()).isFalse();
        assertThat(check(List.of(BUILT_IN), kernel("")).complete()).isFalse();
    }

    private static NodeCheckReport check(List<Requirement> table, NodeFacts facts) {
        return NodeCheck.of(table, Set.of(Capability.values()), facts);
    }

    @Test
    void onlyWhatConcernsTheMachineAndWasAskedForIsCompared() {
        NodeFacts arm = new NodeFacts(
                "aarch64",
                "test",
                Optional.of(KernelConfig.parse("test", "CONFIG_KVM=y")),
                Optional.empty(),
                Set.of(),
                Optional.empty());
        assertThat(check(List.of(EITHER), arm).items()).isEmpty();
        assertThat(NodeCheck.of(Requirements.all(), Set.of(Capability.XEN), arm).items())
                .isNotEmpty()
                .allMatch(i -> i.capability() == Capability.XEN && i.kind() == Kind.OPTION);
    }

    @Test
    void theReportKeepsItsFormAsJson() {
        NodeCheckReport report = check(List.of(BUILT_IN, MODULE), kernel("CONFIG_USER_NS=y"));
        assertThat(Codec.read(NodeCheckReport.class, Codec.write(report))).isEqualTo(report);
        assertThat(Codec.write(report)).contains("\"capability\":\"lxc\",\"kind\":\"option\"", "\"state\":\"missing\"");
    }

    @Test
    void theTableNamesNothingTwiceAndEverythingWhole() {
        Set<String> seen = new HashSet<>();
        for (Requirement r : Requirements.all()) {
            assertThat(seen.add(r.capability() + " " + r.kind() + " " + r.name() + " " + r.architecture()))
                    .as(r.toString())
                    .isTrue();
            assertThat(r.purpose()).as(r.toString()).isNotBlank();
            if (r.kind() == Kind.OPTION) {
                assertThat(r.names()).allMatch(n -> n.matches("[A-Z0-9_]+"));
                assertThat(r.module().isEmpty() ? r.names().size() : r.module().split(" ").length)
                        .as(r.toString())
                        .isEqualTo(r.names().size());
            }
        }
        assertThat(Requirements.all()).extracting(Requirement::capability).contains(Capability.values());
    }

    /** Merged into an empty configuration, every fragment satisfies the check. */
    @Test
    void aKernelMadeOfTheFragmentsLacksNothing() {
        for (String machine : List.of("x86_64", "aarch64")) {
            KernelConfig config = KernelConfig.parse("test", KernelFragment.of(List.of(Capability.values()), machine));
            NodeFacts facts =
                    new NodeFacts(machine, "test", Optional.of(config), Optional.empty(), Set.of(), Optional.empty());
            assertThat(check(Requirements.all(), facts).items()).isNotEmpty().allMatch(i -> i.state() == State.THERE);
        }
        Map<String, String> files = KernelFragment.all();
        assertThat(files).containsKeys("lxc.cfg", "kvm.cfg", "kvm-x86.cfg", "xen-x86.cfg", "realtime.cfg");
        assertThat(files.get("kvm.cfg")).doesNotContain("KVM_INTEL");
        assertThat(files.get("kvm-x86.cfg")).contains("CONFIG_KVM_INTEL=y\nCONFIG_KVM_AMD=y\n");
    }

    @Test
    void aConfigurationIsReadAsTheKernelWritesIt() {
        KernelConfig config = KernelConfig.parse("f", """
                #
                # Automatically generated file; DO NOT EDIT.
                #
                CONFIG_A=y
                CONFIG_B=m
                # CONFIG_C is not set
                CONFIG_D="a=b # c"
                CONFIG_E=0x1000

                """);
        assertThat(config.size()).isEqualTo(5);
        assertThat(config.value("A")).contains("y");
        assertThat(config.value("C")).contains("n");
        assertThat(config.value("D")).contains("\"a=b # c\"");
        assertThat(config.value("F")).isEmpty();
    }

    @Test
    void whatIsNoConfigurationIsRefusedWithItsLine() {
        refused("", "f is not a kernel's configuration");
        refused("# only comments\n", "f is not a kernel's configuration");
        refused("CONFIG_A=y\nhello\n", "f, line 2: \"hello\" is not of a kernel's configuration");
        refused("CONFIG_A\n", "line 1");
        refused("CONFIG_=y\n", "line 1");
        refused("CONFIG_A=\n", "line 1");
    }

    private static void refused(String text, String sentence) {
        assertThatThrownBy(() -> KernelConfig.parse("f", text))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(sentence);
    }
}
