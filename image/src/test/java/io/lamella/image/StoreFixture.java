package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.ImageStore.Content;
import io.lamella.compute.Root;
import io.lamella.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** A store in a directory of the test's own, and the questions that the tests ask it. */
final class StoreFixture {
    final Path directory;
    final DirectoryImageStore store;

    StoreFixture(Path base) {
        this(base, ImageLimits.DEFAULT);
    }

    StoreFixture(Path base, ImageLimits limits) {
        assumeTrue(isRoot(), "unpacking gives files their owners, which only root may");
        directory = base.resolve("images");
        store = new DirectoryImageStore(directory, base.resolve("cache"), limits);
    }

    static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            return false;
        }
    }

    Content unpack(byte[] archive) {
        return store.unpack(
                trickling(archive), Optional.empty(), archive.length, Optional.empty(), (step, done, total) -> {});
    }

    /** Unpacks and returns the root file system. */
    Path tree(byte[] archive) {
        return rootfs(unpack(archive).digest());
    }

    Path rootfs(String digest) {
        return ((Root.Tree) store.root(digest)).directory();
    }

    /** What is said about an archive that must be refused, after which nothing may be left of it. */
    String refused(byte[] archive) {
        try {
            unpack(archive);
        } catch (Refusal refusal) {
            assertThat(left()).isEmpty();
            return refusal.getMessage();
        }
        throw new AssertionError("the archive was accepted");
    }

    List<String> left() {
        try (var list = Files.list(directory)) {
            return list.map(p -> p.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Object attribute(Path file, String name) throws IOException {
        return Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS);
    }

    static int mode(Path file) throws IOException {
        return (int) attribute(file, "unix:mode") & 07777;
    }

    /** Bytes that come in pieces of changing size, as from a network. */
    static InputStream trickling(byte[] bytes) {
        Random random = new Random(7);
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
                return super.read(b, off, Math.min(len, 1 + random.nextInt(20_000)));
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    /** What a program makes of {@code input}; the test is skipped where it is missing. */
    static byte[] filter(byte[] input, String... command) throws IOException, InterruptedException {
        assumeTrue(io.lamella.linux.Command.find(command[0]).isPresent(), command[0] + " is not installed");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread.startVirtualThread(() -> {
            try (OutputStream out = process.getOutputStream()) {
                out.write(input);
            } catch (IOException e) {
                // it does not want the rest
            }
        });
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return output;
    }
}
