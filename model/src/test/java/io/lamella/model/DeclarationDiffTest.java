package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DeclarationDiffTest {
    private static final String BASE = """
            {"slices":[{"name":"a","cpus":"1","memory":"1G",
              "networks":[{"name":"lan","subnets":["10.0.0.0/24"]}],
              "instances":[{"name":"x","image":"busybox","memory":"64M",
                            "nics":[{"network":"lan","address":"10.0.0.2"}]}]}]}""";

    private static NodeSpec node(String json) {
        return Codec.read(NodeSpec.class, json);
    }

    private static String plan(String current, String wanted, boolean prune) {
        StringBuilder s = new StringBuilder();
        for (ApplyPlan.Change c :
                DeclarationDiff.between(node(current), node(wanted), prune).changes()) {
            s.append(c.action().word()).append(' ').append(c.kind()).append(' ').append(c.name());
            c.fields().forEach(f -> s.append(' ').append(f.field()).append('=').append(f.after()));
            s.append('\n');
        }
        return s.toString();
    }

    @Test
    void nothingChangesWhereNothingDiffers() {
        assertThat(plan(BASE, BASE, true)).isEmpty();
    }

    @Test
    void anAddressThatIsNotAskedForMayBeAny() {
        assertThat(plan(BASE, BASE.replace(",\"address\":\"10.0.0.2\"", ""), true))
                .isEmpty();
    }

    @Test
    void limitsAreUpdatedInPlaceAndImagesReplaced() {
        assertThat(plan(BASE, BASE.replace("64M", "32M"), false)).isEqualTo("update instance x memory=32M\n");
        assertThat(plan(BASE, BASE.replace("busybox", "debian13"), false))
                .isEqualTo("replace instance x image=debian13\n");
        assertThat(plan(BASE, BASE.replace("\"image\"", "\"running\":false,\"image\""), false))
                .isEqualTo("stop instance x\n");
    }

    @Test
    void hugePagesTakeAStartAndUserDataIsNotShown() {
        assertThat(plan(BASE, BASE.replace("\"image\"", "\"hugePages\":\"2M\",\"image\""), false))
                .isEqualTo("stop instance x\nupdate instance x hugePages=2M\nstart instance x\n");
        assertThat(plan(BASE, BASE.replace("\"image\"", "\"userData\":\"secret\",\"image\""), false))
                .isEqualTo("replace instance x userData=6 characters\n");
    }

    @Test
    void anotherBackendTakesAnInstanceOverWithItsDisk() {
        String onKvm = BASE.replace("\"image\"", "\"backend\":\"kvm\",\"image\"");
        assertThat(plan(BASE, onKvm.replace("64M", "32M"), false))
                .isEqualTo("stop instance x\nupdate instance x backend=kvm memory=32M\nstart instance x\n");
        assertThat(plan(BASE, onKvm.replace("\"image\"", "\"running\":false,\"image\""), false))
                .isEqualTo("stop instance x\nupdate instance x backend=kvm\n");
        assertThat(plan(onKvm, BASE.replace("\"image\"", "\"backend\":\"auto\",\"image\""), false))
                .isEmpty();
    }

    @Test
    void aNetworkTakesItsInstancesWithIt() {
        assertThat(plan(BASE, BASE.replace("10.0.0.0/24", "10.0.0.0/16"), false))
                .isEqualTo("replace network lan subnets=10.0.0.0/16\nreplace instance x\n");
    }

    @Test
    void onlyPruneDeletes() {
        assertThat(plan(BASE, "{\"slices\":[]}", false)).isEmpty();
        assertThat(plan(BASE, "{\"slices\":[]}", true))
                .isEqualTo("delete instance x\ndelete network lan\ndelete slice a\n");
        assertThat(plan(BASE, "{\"slices\":[{\"name\":\"a\",\"cpus\":1,\"memory\":\"1G\"}]}", true))
                .isEqualTo("delete instance x\ndelete network lan\n");
    }

    @Test
    void fromNothingEverythingIsCreatedInOrder() {
        assertThat(plan("{}", BASE, true)).isEqualTo("""
                        create slice a cpus=1 memory=1G
                        create network lan subnets=10.0.0.0/24
                        create instance x image=busybox nics=lan:10.0.0.2 backend=lxc memory=64M autostart=on priority 0 delay 0s
                        """);
    }

    @Test
    void duplicateNamesAreRefused() {
        assertThatThrownBy(() -> node("{\"slices\":[{\"name\":\"a\"},{\"name\":\"a\"}]}"))
                .hasMessageContaining("\"a\"");
    }
}
