package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.ByteSize;
import io.lamella.model.Codec;
import io.lamella.model.CpuRequest;
import io.lamella.model.NodeSpec;
import org.junit.jupiter.api.Test;

class NodeFileTest {
    private static final String GOOD = """
            slices:
              - name: operator-a
                cpus: 1
                memory: 512M
                networks:
                  - name: lan
                    subnets: [10.0.0.0/24]
                instances:
                  - name: web
                    image: busybox
                    cpus: "1-1"
                    memory: 64M
                    pids: 100
                    nics:
                      - network: lan
                        address: 10.0.0.2
                    autostart: {enabled: true, priority: 10, delaySeconds: 0}
                    running: false
            """;

    @Test
    void aWholeNodeIsRead() {
        NodeSpec spec = NodeFile.read("node.yaml", GOOD);
        NodeSpec.SliceDeclaration slice = spec.slices().getFirst();
        assertThat(slice.cpus()).contains(new CpuRequest.Count(1));
        assertThat(slice.instances().getFirst().memory()).contains(ByteSize.mebibytes(64));
        assertThat(slice.instances().getFirst().shouldRun()).isFalse();
    }

    @Test
    void whatIsExportedIsReadBack() {
        NodeSpec spec = NodeFile.read("node.yaml", GOOD);
        assertThat(NodeFile.read("node.yaml", Format.YAML.text(Codec.write(spec))))
                .isEqualTo(spec);
        assertThat(NodeFile.read("node.yaml", Codec.write(spec))).isEqualTo(spec);
    }

    @Test
    void mistakesAreNamedWithTheirLine() {
        refused(
                "slices:\n  - name: a\n    colour: red\n",
                "node.yaml, line 3: the key \"colour\" is unknown in slices[0]");
        refused("slice: []\n", "node.yaml, line 1: the key \"slice\" is unknown, perhaps you mean \"slices\"");
        refused("slices:\n  - name: a\n    name: b\n", "line 3");
        refused(
                "slices:\n  - name: a\n    maxInstances: many\n",
                "line 3: slices[0].maxInstances \"many\" is not allowed");
        refused("slices:\n  - name: a\n  -\n", "slices[1] is empty");
        refused("slices: {}\n", "line 1: slices must be a list");
        refused("slices:\n  - [\n", "line 3");
        refused("slices:\n  - name: a/b\n", "a/b");
        refused("", "empty");
        refused("slices:\n  - name: a\n  - name: a\n", "two of the name");
    }

    private static void refused(String yaml, String sentence) {
        assertThatThrownBy(() -> NodeFile.read("node.yaml", yaml))
                .as(yaml)
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.exitCode()).isEqualTo(2))
                .hasMessageContaining(sentence);
    }
}
