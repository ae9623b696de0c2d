package io.lamella.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Codec;
import io.lamella.model.CpuSet;
import io.lamella.model.Instance;
import io.lamella.model.InstancePatch;
import io.lamella.model.InstanceSpec;
import io.lamella.model.NetworkSpec;
import io.lamella.model.NodeSpec;
import io.lamella.model.Phase;
import io.lamella.model.Port;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import io.lamella.store.Kind;
import io.lamella.store.SqliteStore;
import io.lamella.store.Store;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the daemon before each single deed of a long story, and looks at what the next daemon makes of it. */
class KillTest {
    private static final String DECLARATION = """
            {"slices":[{"name":"b","cpus":"1","networks":[{"name":"lan","subnets":["10.0.0.0/25"]}],"instances":[
            {"name":"x","image":"img","memory":"64M","nics":[{"network":"lan"}]},
            {"name":"z","image":"img","memory":"64M","running":false}]}]}""";

    @TempDir
    Path directory;

    @Test
    void nothingIsLostOrLeftOverWhereverTheDaemonIsKilled() throws Exception {
        int kills = 0;
        for (boolean killed = true; killed; kills++) {
            try (Store store = SqliteStore.open(directory.resolve("" + kills))) {
                Machine machine = new Machine(store);
                machine.killAfter(kills);
                killed = isKilled(machine);
                machine.killAfter(kills % 7); // the next daemon may not get far either
                recover(machine);
                machine.revive();
                recover(machine);
                check(machine, store, "killed after " + machine.log);
            }
        }
        assertThat(kills).isGreaterThan(80);
    }

    private static void recover(Machine machine) {
        try {
            machine.daemon().reconciler().recover(false);
        } catch (Machine.Killed e) {
            return;
        }
    }

    private static boolean isKilled(Machine machine) {
        try {
            story(machine.daemon());
        } catch (Machine.Killed e) {
            assertThat(machine.revive()).isTrue();
            return true;
        }
        machine.revive();
        return false;
    }

    private static void story(Compute node) {
        node.reconciler().recover(true);
        node.images().importArchive("img", InputStream.nullInputStream(), Optional.empty(), -1, Optional.empty());
        node.slices().create(slice("{'name':'a','memory':'512M'}"));
        node.networks().create("a", Codec.read(NetworkSpec.class, json("{'name':'lan','subnets':['10.0.0.0/24']}")));
        node.instances().launch("a", instance("{'name':'x','image':'img','nics':[{'network':'lan'}]}"), true);
        node.instances().launch("a", instance("{'name':'y','image':'img','cpus':'1'}"), false);
        node.slices().create(slice("{'name':'b','cpus':'2'}"));
        node.networks().create("b", Codec.read(NetworkSpec.class, json("{'name':'lan','subnets':['10.0.0.0/24']}")));
        node.instances().launch("b", instance("{'name':'x','image':'img','nics':[{'network':'lan'}]}"), true);
        node.instances().stop("a", "x", Duration.ZERO);
        node.instances().start("a", "y");
        node.instances().restart("a", "y", Duration.ZERO);
        node.instances().update("a", "y", Codec.read(InstancePatch.class, json("{'memory':'32M'}")));
        node.instances().stop("a", "y", Duration.ZERO);
        node.instances().update("a", "y", Codec.read(InstancePatch.class, json("{'backend':'kvm'}")));
        node.instances().start("a", "y");
        node.slices().update(slice("{'name':'a','cpus':'1','memory':'256M'}"));
        node.declaration().apply(Codec.read(NodeSpec.class, DECLARATION), true);
        node.slices().delete("b", true);
        node.images().delete("img");
    }

    static SliceSpec slice(String json) {
        return Codec.read(SliceSpec.class, json(json));
    }

    static InstanceSpec instance(String json) {
        return Codec.read(InstanceSpec.class, json(json));
    }

    static String json(String text) {
        return text.replace('\'', '"');
    }

    /** The records are all facts, and the machine holds what they say. */
    static void check(Machine machine, Store store, String when) {
        Map<String, CpuSet> slices =
                store.list(Kind.SLICE).stream().collect(Collectors.toMap(Slice::name, Slice::cpus));
        Set<String> disks = new TreeSet<>();
        Set<String> runs = new TreeSet<>();
        Map<String, Object> running = new TreeMap<>();
        Set<String> devices = new TreeSet<>();
        for (Instance i : store.list(Kind.INSTANCE)) {
            assertThat(i.phase()).as("%s %s", i.key(), when).isEqualTo(Phase.PRESENT);
            assertThat(slices).as(when).containsKey(i.slice());
            assertThat(slices.getOrDefault(i.slice(), CpuSet.EMPTY).containsAll(i.cpus()))
                    .as("%s within its slice, %s", i.key(), when)
                    .isTrue();
            disks.add(Machine.named(i.backend(), i.unit()));
            if (i.running()) {
                running.put(i.unit(), i.cpus());
                runs.add(Machine.named(i.backend(), i.unit()));
                store.list(Kind.PORT).stream()
                        .filter(p -> (p.slice() + "/" + p.instance()).equals(i.key()))
                        .map(Port::hostDevice)
                        .forEach(devices::add);
            }
        }
        assertThat(store.list(Kind.SLICE)).as(when).allMatch(s -> s.phase() == Phase.PRESENT);
        assertThat(machine.disks).as("disks " + when).isEqualTo(disks);
        assertThat(machine.running).as("running " + when).isEqualTo(runs);
        machine.cpus.keySet().retainAll(running.keySet());
        assertThat(machine.cpus).as("CPUs " + when).isEqualTo(running);
        assertThat(machine.connected).as("ports " + when).isEqualTo(devices);
        assertThat(machine.groups).as("slices " + when).isEqualTo(slices);
        assertThat(machine.contents)
                .as("images " + when)
                .isEqualTo(store.list(Kind.IMAGE).stream().map(i -> i.digest()).collect(Collectors.toSet()));
    }
}
