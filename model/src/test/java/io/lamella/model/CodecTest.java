package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CodecTest {
    @Test
    void anInstanceSurvivesTheRoundTrip() {
        InstanceSpec spec = Codec.read(
                InstanceSpec.class,
                "{\"name\":\"web\",\"image\":\"busybox\",\"cpus\":1,\"memory\":\"64M\",\"nics\":[{\"network\":\"lan\"}]}");
        assertThat(spec.cpus()).contains(new CpuRequest.Count(1));
        assertThat(spec.memory()).contains(ByteSize.mebibytes(64));
        assertThat(spec.backend()).isEqualTo(BackendKind.LXC);
        Instance instance = new Instance(
                UUID.randomUUID(),
                "a",
                spec,
                BackendKind.LXC,
                Optional.empty(),
                "sha256:00",
                CpuSet.of(1),
                Phase.PRESENT,
                true,
                Optional.empty(),
                Instant.ofEpochSecond(1));
        String json = Codec.write(instance);
        assertThat(json).contains("\"backend\":\"lxc\"", "\"phase\":\"present\"", "\"cpus\":\"1\"");
        assertThat(Codec.read(Instance.class, json)).isEqualTo(instance);
        assertThat(Codec.readList(Instance.class, Codec.write(List.of(instance))))
                .containsExactly(instance);
    }

    @Test
    void unknownKeysAreRefusedByName() {
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{\"name\":\"a\",\"colour\":\"red\"}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("colour");
    }

    @Test
    void aRefusalInAValueReachesTheCaller() {
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{\"name\":\"a/b\"}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("a/b");
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{\"name\":\"a\",\"memory\":\"1\"}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("memory");
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{\"cpus\":\"x\"}"))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{}")).hasMessageContaining("name is missing");
        assertThatThrownBy(() -> Codec.read(NodeSpec.class, "{\"slices\":[null]}"))
                .hasMessageContaining("an item of a list is missing");
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "[1,2]")).isInstanceOf(Refusal.class);
    }

    @Test
    void aNodeDeclarationDefaultsToRunning() {
        NodeSpec node = Codec.read(
                NodeSpec.class,
                "{\"slices\":[{\"name\":\"a\",\"instances\":[{\"name\":\"x\",\"image\":\"busybox\"}]}]}");
        assertThat(node.slices().getFirst().instances().getFirst().shouldRun()).isTrue();
        assertThat(Codec.read(NodeSpec.class, Codec.write(node))).isEqualTo(node);
    }

    @Test
    void controlMessagesCarryOneThingEach() {
        assertThat(Codec.write(SessionControl.exited(3))).isEqualTo("{\"exit\":3}");
        assertThat(Codec.write(SessionControl.endOfInput())).isEqualTo("{\"eof\":true}");
        SessionControl resize = SessionControl.resizedTo(80, 24);
        assertThat(Codec.write(resize)).isEqualTo("{\"resize\":{\"columns\":80,\"rows\":24}}");
        assertThat(Codec.read(SessionControl.class, Codec.write(resize))).isEqualTo(resize);
        assertThatThrownBy(() -> Codec.read(SessionControl.class, "{\"resize\":{\"columns\":0,\"rows\":1}}"))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void aHugeExponentIsRefusedBeforeItIsWrittenOut() {
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{\"name\":\"a\",\"cpus\":1e999999999}"))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{\"name\":\"a\",\"memory\":1e-999999999}"))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void whatFollowsTheValueIsRefused() {
        for (String tail : new String[] {"x", "{}", ",", "]", "}", "\"", "{\"name\":\"b\"}"}) {
            assertThatThrownBy(() -> Codec.read(SliceSpec.class, "{\"name\":\"a\"} " + tail))
                    .as(tail)
                    .isInstanceOf(Refusal.class);
        }
        assertThat(Codec.read(SliceSpec.class, "{\"name\":\"a\"} \n").name()).isEqualTo("a");
        Problem braces = new Problem(new Problem.Detail("}", "\\\"{", "]["));
        assertThat(Codec.read(Problem.class, Codec.write(braces))).isEqualTo(braces);
    }

    @Test
    void theSecretOfATokenIsNotPrinted() {
        assertThat(new TokenSecret("ci", "lml_secret").toString()).doesNotContain("lml_secret");
    }

    @Test
    void whatVirtualMachinesHaveIsBounded() {
        String spec = "{\"name\":\"x\",\"image\":\"i\",\"userData\":\"%s\",\"hugePages\":\"%s\"}";
        InstanceSpec good = Codec.read(InstanceSpec.class, spec.formatted("#!/bin/sh\\n", "1G"));
        assertThat(Codec.read(InstanceSpec.class, Codec.write(good))).isEqualTo(good);
        assertThat(good.userData()).contains("#!/bin/sh\n");
        assertThat(Codec.read(InstanceSpec.class, spec.formatted("", "yes")).hugePages())
                .contains(new HugePages(Optional.empty()));
        for (String size : List.of("3M", "4K", "much", "")) {
            assertThatThrownBy(() -> Codec.read(InstanceSpec.class, spec.formatted("", size)))
                    .hasMessage("hugePages \"" + size
                            + "\" is not allowed: it must be yes or the size of a page such as 2M" + " or 1G");
        }
        assertThatThrownBy(() -> Codec.read(InstanceSpec.class, spec.formatted("x".repeat(16_385), "yes")))
                .hasMessage("userData has 16385 bytes: at most 16384");
        assertThatThrownBy(() -> Codec.read(InstanceSpec.class, spec.formatted("\\u0000", "yes")))
                .hasMessageContaining("zero byte");
    }
}
