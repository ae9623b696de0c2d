package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.ImageStore.Content;
import io.lamella.linux.Command;
import io.lamella.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    private static final byte[] TAR = TarForge.root().bytes();

    @TempDir
    Path temp;

    StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(temp);
    }

    @Test
    void aContentIsKeptByItsDigest() throws IOException {
        Content content = fixture.unpack(TAR);
        assertThat(fixture.store.contains(content.digest())).isTrue();
        assertThat(fixture.rootfs(content.digest()))
                .isEqualTo(fixture.directory.resolve(content.digest().substring(7) + "/rootfs"));
        assertThat(StoreFixture.mode(fixture.directory)).isEqualTo(0700);
        assertThat(content).isEqualTo(new Content(content.digest(), "tar", 6, 2, 0));
        Path home = fixture.directory.resolve(content.digest().substring(7));
        assertThat(home.toFile().list()).containsExactlyInAnyOrder("rootfs", "image.json");
        Object inode = StoreFixture.attribute(home, "unix:ino");
        assertThat(fixture.unpack(TAR)).as("the second time").isEqualTo(content);
        assertThat(StoreFixture.attribute(home, "unix:ino")).isEqualTo(inode);
        assertThat(fixture.left()).hasSize(1);
    }

    @Test
    void severalThreadsUnpackTheSameAtOnce() throws Exception {
        CountDownLatch together = new CountDownLatch(4);
        List<Callable<Content>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(() -> {
                together.countDown();
                together.await();
                return fixture.unpack(TAR);
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Set<Content> contents = new java.util.HashSet<>();
            for (var future : threads.invokeAll(tasks)) {
                contents.add(future.get());
            }
            assertThat(contents).hasSize(1);
        }
        assertThat(fixture.left()).hasSize(1);
    }

    @Test
    void deletingIsIdempotentAndUnknownContentsAreRefused() {
        String digest = fixture.unpack(TAR).digest();
        fixture.store.delete(digest);
        fixture.store.delete(digest);
        assertThat(fixture.left()).isEmpty();
        assertThat(fixture.store.contains(digest)).isFalse();
        assertThatThrownBy(() -> fixture.rootfs(digest)).hasMessageContaining("there is no image content");
        for (String bad : new String[] {"sha256:../../etc", "", "sha256:" + "A".repeat(64), "md5:" + "0".repeat(64)}) {
            assertThatThrownBy(() -> fixture.store.contains(bad)).isInstanceOf(Refusal.class);
            assertThatThrownBy(() -> fixture.store.delete(bad)).isInstanceOf(Refusal.class);
        }
    }

    @Test
    void reconcilingRemovesLeftoversAndStrangersOnly() throws IOException {
        String kept = fixture.unpack(TAR).digest();
        String unknown =
                fixture.unpack(TarForge.root().file("etc/x", "").bytes()).digest();
        Files.createDirectories(fixture.directory.resolve(".staging-123/rootfs/etc"));
        Files.createDirectory(fixture.directory.resolve("lost+found"));
        fixture.store.reconcile(Set.of(kept));
        assertThat(fixture.left()).containsExactlyInAnyOrder(kept.substring(7), "lost+found");
        assertThat(fixture.store.contains(unknown)).isFalse();
    }

    @Test
    void reconcilingSparesWhatIsBeingUnpacked() {
        int half = TAR.length / 2;
        ByteArrayInputStream slow = new ByteArrayInputStream(TAR) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
                if (pos >= half) {
                    fixture.store.reconcile(Set.of());
                }
                return super.read(b, off, Math.min(len, half));
            }
        };
        Content content = fixture.store.unpack(slow, Optional.empty(), -1, Optional.empty(), (step, done, total) -> {});
        assertThat(fixture.rootfs(content.digest()).resolve("etc/hostname")).hasContent("forged");
    }

    @Test
    void progressEndsAtTheWhole() {
        List<Long> reports = new ArrayList<>();
        byte[] big = TarForge.root().file("big", new byte[3_000_000]).bytes();
        fixture.store.unpack(
                StoreFixture.trickling(big),
                Optional.empty(),
                big.length,
                Optional.empty(),
                (step, done, total) -> reports.add(total));
        assertThat(reports).isNotEmpty().containsOnly((long) big.length);
    }

    @Test
    void aFullDiskIsOneSentenceAndLeavesNothing() throws IOException {
        Path small = Files.createDirectory(temp.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=200", "tmpfs", small.toString()),
                "a small tmpfs cannot be mounted");
        try {
            StoreFixture full = new StoreFixture(small);
            assertThat(full.refused(
                            TarForge.root().file("big", new byte[5 << 20]).bytes()))
                    .contains("larger than the", "allowed and free");
            TarForge many = TarForge.root();
            for (int i = 0; i < 300; i++) {
                many.file("f" + i, "");
            }
            assertThatThrownBy(() -> full.unpack(many.bytes()))
                    .isInstanceOfSatisfying(
                            Refusal.class, e -> assertThat(e.reason()).isEqualTo(Refusal.Reason.EXHAUSTED))
                    .hasMessage("the disk of the image store is full; nothing of the image was kept");
            assertThat(full.left()).isEmpty();
            TarForge blocks = TarForge.root();
            for (int i = 0; i < 150; i++) {
                blocks.file("f" + i, new byte[24_700]); // 28 KiB each on the disk: more than the sizes say
            }
            assertThat(full.refused(blocks.bytes())).contains("the disk of the image store is full");
        } finally {
            run("umount", small.toString());
        }
    }

    private static boolean run(String... command) {
        return Command.run(Duration.ofSeconds(10), List.of(command)).ok();
    }
}
