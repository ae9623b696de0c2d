package io.lamella.compute;

import static io.lamella.compute.KillTest.instance;
import static io.lamella.compute.KillTest.json;
import static io.lamella.compute.KillTest.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.Codec;
import io.lamella.model.CpuSet;
import io.lamella.model.Instance;
import io.lamella.model.IsolationRequest;
import io.lamella.model.NodeSpec;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.SqliteStore;
import io.lamella.store.Store;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The services together, on a machine in memory. */
@Timeout(60)
class NodeTest {
    @TempDir
    Path directory;

    private Store store;
    private Machine machine;
    private Compute node;
    private final List<Thread> others = new ArrayList<>();

    @BeforeEach
    void start() {
        store = SqliteStore.open(directory);
        machine = new Machine(store);
        node = machine.daemon();
        node.images().importArchive("img", InputStream.nullInputStream(), Optional.empty(), -1, Optional.empty());
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Thread other : others) {
            other.join();
        }
        store.close();
    }

    private Instance record(String key) {
        return store.get(Kind.INSTANCE, key).orElseThrow();
    }

    private CpuSet cpus(String slice) {
        return store.get(Kind.SLICE, slice).map(Slice::cpus).orElseThrow();
    }

    private void restart(boolean rebooted) throws InterruptedException {
        if (rebooted) {
            machine.running.clear();
            machine.groups.clear();
        }
        node = machine.daemon();
        node.reconciler().recover(rebooted);
        Thread starting = Thread.ofVirtual().start(() -> {
            try {
                node.reconciler().autostart();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        starting.join(Duration.ofSeconds(1)); // there may be pauses that nobody waits for
        starting.interrupt();
    }

    /** Another client's request, which gets a moment before this one goes on. */
    private void meanwhile(String deed, Runnable request) {
        machine.before(deed, () -> {
            Thread other = Thread.ofVirtual().start(request);
            others.add(other);
            try {
                other.join(Duration.ofMillis(300));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void awaitOthers() throws InterruptedException {
        for (Thread other : others) {
            other.join();
        }
    }

    @Test
    void boundariesFollowTheLatestPlanWhoeverCarriesItOut() throws Exception {
        node.slices().create(slice("{'name':'a'}"));
        meanwhile("confine a to 1-3", () -> node.slices().create(slice("{'name':'c','cpus':'1'}")));
        node.slices().create(slice("{'name':'b','cpus':'1'}"));
        awaitOthers();
        assertThat(machine.groups.get("a")).isEqualTo(cpus("a"));
        assertThat(cpus("a")).isEqualTo(CpuSet.of(2, 3));
    }

    @Test
    void anInstanceStartedWhileItsSliceShrinksRunsWithinTheSlice() throws Exception {
        node.slices().create(slice("{'name':'a'}"));
        meanwhile("start a.x", () -> node.slices().create(slice("{'name':'b','cpus':'2'}")));
        node.instances().launch("a", instance("{'name':'x','image':'img'}"), true);
        awaitOthers();
        assertThat(record("a/x").cpus()).isEqualTo(cpus("a")).isEqualTo(CpuSet.of(2, 3));
        assertThat(machine.cpus.get("a.x")).isEqualTo(CpuSet.of(2, 3));
    }

    @Test
    void aSliceIsMadeThoughAnotherSlicesInstanceCannotFollow() {
        node.slices().create(slice("{'name':'a'}"));
        node.instances().launch("a", instance("{'name':'x','image':'img'}"), true);
        machine.breaks(Optional.of("limit a.x"));
        assertThat(node.slices().create(slice("{'name':'b','cpus':'2'}")).cpus())
                .isEqualTo(CpuSet.of(0, 1));
        assertThat(machine.groups.get("a")).isEqualTo(CpuSet.of(2, 3));
    }

    @Test
    void aChangeOfASliceThatCannotBePutIntoForceIsTakenBack() {
        node.slices().create(slice("{'name':'a','cpus':'2','memory':'512M'}"));
        machine.before("confine a to 0", () -> machine.breaks(Optional.of("confine a to 0")));
        assertThatThrownBy(() -> node.slices().update(slice("{'name':'a','cpus':'1','memory':'256M'}")))
                .isInstanceOf(Refusal.class);
        machine.breaks(Optional.empty());
        assertThat(node.slices().get("a").spec()).isEqualTo(slice("{'name':'a','cpus':'2','memory':'512M'}"));
    }

    @Test
    void aSliceTooSmallForItsInstancesIsRefusedByTheirName() {
        node.slices().create(slice("{'name':'a','cpus':'2'}"));
        node.instances().launch("a", instance("{'name':'x','image':'img','cpus':'2'}"), false);
        assertThatThrownBy(() -> node.slices().update(slice("{'name':'a','cpus':'1'}")))
                .hasMessageContaining("slice \"a\"")
                .hasMessageContaining("instance \"x\"")
                .hasMessageContaining("0");
    }

    @Test
    void anInstanceStartsOnlyWhereItsCpusAreAsFreeAsItAsksFor() throws Exception {
        node.slices().create(slice("{'name':'a','cpus':'3-3'}"));
        node.slices().create(slice("{'name':'b'}"));
        node.instances().launch("a", instance("{'name':'d','image':'img','profile':'dedicated'}"), true);
        assertThatThrownBy(() -> node.instances()
                        .launch("b", instance("{'name':'x','image':'img','profile':'dedicated'}"), true))
                .hasMessageContaining("asks for CPUs with profile dedicated, and those of slice \"b\" are shared");
        assertThatThrownBy(() ->
                        node.instances().launch("a", instance("{'name':'x','image':'img','profile':'realtime'}"), true))
                .hasMessageContaining("profile realtime, and those of slice \"a\" are dedicated");
        assertThat(machine.disks).as("nothing half-made").containsExactly("a.d");
        node.instances().launch("a", instance("{'name':'x','image':'img','profile':'realtime'}"), false);
        node.isolation().apply(isolation("isolated"));
        assertThatThrownBy(() -> node.instances().start("a", "x")).hasMessageContaining("are isolated");
        node.isolation().undo();
        node.isolation().apply(isolation("realtime"));
        node.instances().start("a", "x");
        assertThat(machine.running).containsExactly("a.d", "a.x");
        node.isolation().undo();
        restart(true);
        assertThat(machine.running).as("the isolation is gone").containsExactly("a.d");
        assertThat(record("a/x").fault())
                .hasValueSatisfying(why -> assertThat(why).contains("realtime"));
    }

    private static IsolationRequest isolation(String profile) {
        return Codec.read(IsolationRequest.class, json("{'slice':'a','profile':'" + profile + "'}"));
    }

    @Test
    void theDaemonStartsOnAMachineThatLostCpus() throws Exception {
        node.slices().create(slice("{'name':'a','cpus':'2-3'}"));
        node.slices().create(slice("{'name':'b','cpus':'1'}"));
        node.slices().create(slice("{'name':'c','cpus':'1-1'}"));
        node.instances().launch("a", instance("{'name':'x','image':'img','cpus':'3-3'}"), true);
        node.instances().launch("c", instance("{'name':'x','image':'img'}"), true);
        machine.online = CpuSet.of(0, 2);
        restart(true);
        assertThat(machine.cpus.get("a.x")).as("what is left of its slice").isEqualTo(CpuSet.of(2));
        assertThat(machine.running).as("c has no CPU left").containsExactly("a.x");
        assertThat(record("c/x").fault())
                .hasValueSatisfying(why -> assertThat(why).contains("CPU"));
        assertThatThrownBy(() -> node.slices().create(slice("{'name':'d','cpus':'1'}")))
                .isInstanceOf(Refusal.class);
        node.slices().delete("b", false);

        machine.online = CpuSet.of(0, 1, 2, 3);
        restart(true);
        assertThat(machine.cpus.get("a.x")).as("what it asked for").isEqualTo(CpuSet.of(3));
        assertThat(machine.running).containsExactly("a.x", "c.x");
        assertThat(cpus("c")).isEqualTo(CpuSet.of(1));
    }

    @Test
    void whatCannotBeAppliedWhollyDestroysNothing() {
        node.slices().create(slice("{'name':'a','memory':'512M'}"));
        node.instances().launch("a", instance("{'name':'x','image':'img'}"), true);
        for (String wrong : List.of(
                "{'name':'x','image':'missing'}",
                "{'name':'x','image':'img','backend':'xen'}",
                "{'name':'x','image':'img','hugePages':'yes'}",
                "{'name':'x','image':'img','nics':[{'network':'missing'}]}",
                "{'name':'x','image':'img'},{'name':'y','image':'img','memory':'1G'}")) {
            NodeSpec wanted = Codec.read(
                    NodeSpec.class,
                    json("{'slices':[{'name':'b'},{'name':'a','memory':'512M','instances':[" + wrong + "]}]}"));
            assertThatThrownBy(() -> node.declaration().apply(wanted, true)).isInstanceOf(Refusal.class);
            assertThat(machine.running).as(wrong).containsExactly("a.x");
            assertThat(node.slices().list()).as(wrong).hasSize(1);
        }
    }

    @Test
    void nobodyWaitsForTheDelaysOfAnotherSlice() throws Exception {
        node.slices().create(slice("{'name':'a'}"));
        node.slices().create(slice("{'name':'b'}"));
        String slow = ",'autostart':{'enabled':true,'priority':1000,'delaySeconds':3600}}";
        node.instances().launch("a", instance("{'name':'x','image':'img'" + slow), true);
        node.instances().launch("a", instance("{'name':'y','image':'img'}"), true);
        node.instances().launch("b", instance("{'name':'x','image':'img'}"), true);
        restart(true);
        assertThat(machine.running).contains("b.x").doesNotContain("a.y");
        node.reconciler().repair();
        node.reconciler().repair();
        assertThat(record("a/y").running()).as("still to be started").isTrue();
    }

    @Test
    void whatIsNotToStartByItselfStaysStoppedThoughTheFirstDaemonAfterTheRebootDied() throws Exception {
        node.slices().create(slice("{'name':'a'}"));
        String off = ",'autostart':{'enabled':false,'priority':-5,'delaySeconds':0}}";
        node.instances().launch("a", instance("{'name':'off','image':'img'" + off), true);
        node.instances().launch("a", instance("{'name':'on','image':'img'}"), true);
        machine.running.clear();
        machine.daemon().reconciler().recover(true); // and this daemon dies
        restart(false);
        assertThat(machine.running).containsExactly("a.on");
    }

    @Test
    void anInstanceThatIsJustRebootingIsLeftAlone() {
        node.slices().create(slice("{'name':'a'}"));
        node.instances().launch("a", instance("{'name':'x','image':'img'}"), true);
        machine.running.remove("a.x");
        node.reconciler().repair();
        machine.running.add("a.x");
        node.reconciler().repair();
        assertThat(record("a/x").running()).isTrue();
        machine.running.remove("a.x");
        node.reconciler().repair();
        node.reconciler().repair();
        assertThat(record("a/x").running()).isFalse();
    }

    @Test
    void anInstanceWhoseDeletionFailedIsNotStarted() {
        node.slices().create(slice("{'name':'a'}"));
        node.instances().launch("a", instance("{'name':'x','image':'img'}"), false);
        machine.breaks(Optional.of("delete a.x"));
        assertThatThrownBy(() -> node.instances().delete("a", "x", true)).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> node.instances().start("a", "x")).hasMessageContaining("delete it");
        machine.breaks(Optional.empty());
        node.instances().delete("a", "x", false);
        assertThat(machine.disks).isEmpty();
    }

    @Test
    void requestsAboutWhatDoesNotExistLeaveNothingInMemory() {
        Locks locks = new Locks();
        for (int i = 0; i < 3; i++) {
            try (var held = locks.slice("a");
                    var again = locks.instance("a", "x" + i)) {
                assertThat(locks.size()).isEqualTo(2);
            }
        }
        assertThat(locks.size()).isZero();
    }
}
