package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk is full says so, keeps what it has, and goes on when there is room again. */
class FullDiskTest {
    private static final int FILE_MIB = 4;

    @TempDir
    Path directory;

    @Test
    void aFullDiskIsRefusedAndForgotten() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        Path state = Files.createDirectory(directory.resolve("state"));
        Kernel.run("mount", "-t", "tmpfs", "-o", "size=24m,mode=711", "tmpfs", state.toString());
        try (TestNode node = new TestNode(directory).start()) {
            Path archive = archive();
            node.image("busybox");
            node.ok("POST", "/slices", "{\"name\":\"a\",\"memory\":\"128M\"}");
            node.ok("POST", "/slices/a/networks", "{\"name\":\"lan\",\"subnets\":[\"10.0.0.0/24\"]}");
            node.ok("POST", "/slices/a/instances", instance("there"));
            node.ok("POST", "/slices/a/instances?start=false", instance("resting"));
            node.ok("PATCH", "/slices/a/instances/there", "{\"cpuWeight\":\"199\"}");
            String before = everything(node);
            Path ballast = state.resolve("ballast");

            for (int round = 0; round < 3; round++) {
                fill(ballast);
                refusals(node, archive);
                Http.Reply started = node.call("POST", "/slices/a/instances/resting/start", "");
                full(node, started, 200);
                Files.delete(ballast);
                node.ok("POST", "/slices/a/instances/resting/start", "");
                node.ok("POST", "/slices/a/instances/resting/stop?grace=0", "");
                assertThat(everything(node))
                        .as("round %d\n%s", round, node.log())
                        .isEqualTo(before);
            }

            Cli cli = new Cli(node.socket());
            cli.ok("image", "import", archive.toString(), "big");
            cli.ok("image", "delete", "big");
            node.ok("POST", "/slices/a/instances", instance("late"));
            cli.ok("exec", "late", "--", "ping", "-c", "1", "-W", "5", "10.0.0.2");
            node.ok("DELETE", "/slices/a/instances/late?force=true", "");
            cli.ok("slice", "create", "b");
            cli.ok("slice", "delete", "b");

            node.ok("POST", "/slices/a/instances", instance("doomed"));
            fill(ballast);
            node.ok("DELETE", "/slices/a/instances/doomed?force=true", ""); // who makes room can
            assertThat(cli.ok("list")).contains("there").doesNotContain("doomed");
            assertThat(cli.ok("exec", "there", "--", "echo", "alive")).isEqualTo("alive\n");
            node.kill();
            node.start();
            assertThat(cli.ok("exec", "there", "--", "echo", "alive")).isEqualTo("alive\n");
            node.ok("DELETE", "/slices/a?force=true", "");
            assertThat(new Kernel(node).processes()).noneMatch(p -> p.contains("[lxc monitor]"));
        } finally {
            Kernel.run("umount", "--lazy", state.toString());
        }
    }

    private static String instance(String name) {
        return "{\"name\":\"" + name + "\",\"image\":\"busybox\",\"memory\":\"16M\",\"nics\":[{\"network\":\"lan\"}]}";
    }

    private static void refusals(TestNode node, Path archive) throws Exception {
        Cli.Outcome imported = new Cli(node.socket()).run("image", "import", archive.toString(), "big");
        imported.refused(1, List.of("free"));
        full(node, node.call("POST", "/slices", "{\"name\":\"b\"}"), 507);
        full(node, node.call("POST", "/slices/a/networks", "{\"name\":\"n\",\"subnets\":[\"10.0.0.0/24\"]}"), 507);
        full(node, node.call("POST", "/slices/a/instances", instance("more")), 507);
        full(node, node.call("POST", "/tokens", "{\"name\":\"t\"}"), 507);
        for (int weight = 100; weight < 200; weight++) { // what is there can be changed
            node.ok("PATCH", "/slices/a/instances/there", "{\"cpuWeight\":\"" + weight + "\"}");
        }
    }

    /** Refused for want of space, in one sentence, or done with {@code good}. */
    private static void full(TestNode node, Http.Reply reply, int good) {
        assertThat(reply.status()).as("%s\n%s", reply, node.log()).isIn(good, 507);
        if (reply.status() == 507) {
            assertThat(reply.body()).contains("\"exhausted\"").doesNotContain("Exception");
        }
    }

    /** Writes until nothing more fits. */
    private static void fill(Path ballast) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private Path archive() throws Exception {
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Files.createDirectory(tree.resolve("etc"));
        Files.write(tree.resolve("etc/file"), new byte[FILE_MIB << 20]);
        Path archive = directory.resolve("big.tar");
        Kernel.run("tar", "-C", tree.toString(), "-cf", archive.toString(), ".");
        return archive;
    }

    private static String everything(TestNode node) throws Exception {
        Kernel kernel = new Kernel(node);
        return node.call("GET", "/export", "").ok()
                + node.call("GET", "/images", "").ok()
                + kernel.links()
                + kernel.mounts()
                + kernel.cgroups()
                + kernel.switchPorts()
                + kernel.flowPorts()
                + kernel.monitors()
                + names(node.state().resolve("lxc"))
                + names(node.state().resolve("images"));
    }

    private static Set<String> names(Path parent) throws IOException {
        try (Stream<Path> list = Files.list(parent)) {
            return new TreeSet<>(list.map(p -> p.getFileName().toString()).toList());
        }
    }
}
