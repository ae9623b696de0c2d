package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.ImageStore.Content;
import io.lamella.compute.Root;
import io.lamella.linux.Command;
import io.lamella.model.Firmware;
import io.lamella.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks as QEMU's own tools make them, whole and damaged. */
class DiskImageTest {
    private static final int SIZE = 8 << 20;

    @TempDir
    Path directory;

    private StoreFixture fixture;

    @BeforeEach
    void begin() {
        assumeTrue(Command.find("qemu-img").isPresent(), "qemu-img is not installed");
        fixture = new StoreFixture(directory.resolve("store"));
    }

    /** A disk with boot code, or none. */
    private static byte[] raw(boolean bootCode) {
        byte[] disk = new byte[SIZE];
        disk[0] = (byte) (bootCode ? 0xfa : 0);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        Arrays.fill(disk, 3 << 20, 5 << 20, (byte) 7);
        return disk;
    }

    private Path img(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(arguments));
        Command.Result result = Command.run(Duration.ofMinutes(1), command);
        assertThat(result.ok()).as(result.error()).isTrue();
        return Path.of(arguments[arguments.length - 1]);
    }

    private Path qcow2(byte[] raw, String... options) throws IOException {
        Path source = Files.write(directory.resolve("source.raw"), raw);
        Path file = directory.resolve("disk.qcow2");
        Files.deleteIfExists(file);
        List<String> arguments = new java.util.ArrayList<>(List.of("convert", "-f", "raw", "-O", "qcow2"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(source.toString(), file.toString()));
        return img(arguments.toArray(String[]::new));
    }

    private static void poke(Path file, long offset, int... bytes) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.seek(offset);
            for (int b : bytes) {
                f.write(b);
            }
        }
    }

    private String refused(Path file) throws IOException {
        return fixture.refused(Files.readAllBytes(file));
    }

    @Test
    void aRawDiskIsKeptSparse() throws IOException {
        Content content = fixture.unpack(raw(true));
        assertThat(content.format()).isEqualTo("raw");
        assertThat(content.size()).isEqualTo(SIZE);
        assertThat(content.firmware()).contains(Firmware.BIOS);
        Root.Disk root = (Root.Disk) fixture.store.root(content.digest());
        assertThat(root.file()).hasBinaryContent(raw(true));
        assertThat(root.format()).isEqualTo(Root.Disk.Format.RAW);
        assertThat((int) Files.getAttribute(root.file(), "unix:mode") & 0777).isEqualTo(0444);
        String blocks = Command.run(
                        Duration.ofSeconds(5),
                        List.of("stat", "-c", "%b", root.file().toString()))
                .output();
        assertThat(Long.parseLong(blocks.strip()) * 512).isLessThan(SIZE / 2);
        assertThat(fixture.unpack(StoreFixture.gzip(raw(true))).size()).isEqualTo(SIZE);
    }

    @Test
    void aQcow2DiskIsKeptAsItCame() throws IOException {
        for (String version : List.of("compat=0.10", "compat=1.1", "cluster_size=4096", "extended_l2=on")) {
            Path file = qcow2(raw(true), "-c", "-o", version);
            Content content = fixture.unpack(Files.readAllBytes(file));
            assertThat(content.format()).isEqualTo("qcow2");
            assertThat(content.size()).isEqualTo(SIZE);
            Root.Disk root = (Root.Disk) fixture.store.root(content.digest());
            assertThat(root.file()).hasSameBinaryContentAs(file);
            assertThat(root.format()).isEqualTo(Root.Disk.Format.QCOW2);
        }
    }

    @Test
    void theFirmwareIsWhatTheDiskIsMadeFor() throws IOException {
        byte[] gpt = gpt(raw(false));
        assertThat(fixture.unpack(gpt).firmware()).contains(Firmware.UEFI);
        assertThat(fixture.unpack(Files.readAllBytes(qcow2(gpt))).firmware()).contains(Firmware.UEFI);
        byte[] both = gpt.clone();
        both[0] = (byte) 0xfa;
        assertThat(fixture.unpack(both).firmware()).contains(Firmware.BIOS);
        assertThat(fixture.unpack(raw(false)).firmware()).contains(Firmware.BIOS);
        byte[] mbr = raw(false);
        mbr[446 + 4] = (byte) 0xef;
        Content chosen = add(mbr, Firmware.BIOS);
        assertThat(chosen.firmware()).contains(Firmware.BIOS);
        assertThat(((Root.Disk) fixture.store.root(chosen.digest())).firmware()).isEqualTo(Firmware.BIOS);
        assertThatThrownBy(() -> add(mbr, Firmware.UEFI))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("already, with firmware bios");
        assertThatThrownBy(() -> add(TarForge.root().bytes(), Firmware.UEFI))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("firmware is for disk images");
    }

    private Content add(byte[] disk, Firmware firmware) {
        return fixture.store.unpack(
                new ByteArrayInputStream(disk), Optional.empty(), -1, Optional.of(firmware), (s, d, t) -> {});
    }

    /** With a table as sfdisk writes it. */
    private byte[] gpt(byte[] disk) throws IOException {
        assumeTrue(Command.find("sfdisk").isPresent(), "sfdisk is not installed");
        Path file = Files.write(directory.resolve("gpt.raw"), disk);
        String table = "label: gpt\nstart=2048, size=4096, type=21686148-6449-6E6F-744E-656564454649\n"
                + "start=8192, size=4096, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B\n";
        Command.Result made = Command.run(
                Duration.ofSeconds(20),
                List.of("sfdisk", "-q", file.toString()),
                java.util.Map.of(),
                table.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(made.ok()).as(made.error()).isTrue();
        return Files.readAllBytes(file);
    }

    @Test
    void whatStandsOnOtherFilesIsRefused() throws IOException {
        Path base = Files.write(directory.resolve("base.raw"), raw(true));
        Path layer = directory.resolve("layer.qcow2");
        img("create", "-q", "-f", "qcow2", "-F", "raw", "-b", base.toString(), layer.toString());
        assertThat(refused(layer)).contains("backing file").contains("qemu-img convert");
        img("create", "-q", "-f", "qcow2", "-F", "raw", "-u", "-b", "/etc/shadow", layer.toString(), "8M");
        assertThat(refused(layer)).contains("backing file").doesNotContain("shadow");
        Path data = directory.resolve("data.raw");
        Path external = directory.resolve("external.qcow2");
        Command.Result made = Command.run(
                Duration.ofMinutes(1),
                List.of(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-o",
                        "data_file=" + data + ",data_file_raw=on",
                        external.toString(),
                        "8M"));
        assertThat(made.ok()).as(made.error()).isTrue();
        assertThat(refused(external)).contains("its data is in another file");
    }

    @Test
    void whatNoNodeCanRunIsRefused() throws IOException {
        Path huge = directory.resolve("huge.qcow2");
        Command.run(Duration.ofMinutes(1), List.of("qemu-img", "create", "-q", "-f", "qcow2", huge.toString(), "60T"));
        assertThat(refused(huge)).contains("65970697666560 bytes").contains("1099511627776");
        Path encrypted = directory.resolve("encrypted.qcow2");
        Command.Result made = Command.run(
                Duration.ofMinutes(1),
                List.of(
                        "qemu-img",
                        "create",
                        "-q",
                        "--object",
                        "secret,id=s,data=abc",
                        "-f",
                        "qcow2",
                        "-o",
                        "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10",
                        encrypted.toString(),
                        "8M"));
        assertThat(made.ok()).as(made.error()).isTrue();
        assertThat(refused(encrypted)).contains("encrypted");
        assertThat(refused(qcow2(new byte[SIZE]))).contains("no boot signature");
        assertThat(fixture.refused(Arrays.copyOf(raw(true), SIZE + 100))).contains("whole sectors");
    }

    @Test
    void aDamagedQcow2IsRefused() throws IOException {
        byte[] good = Files.readAllBytes(qcow2(raw(true)));
        assertThat(fixture.refused(Arrays.copyOf(good, 70))).contains("ends early");
        Path version = qcow2(raw(true));
        poke(version, 4, 0, 0, 0, 9);
        assertThat(refused(version)).contains("version other than 2 and 3");
        Path tables = qcow2(raw(true));
        poke(tables, 40, 0x7f, 0xff, 0xff, 0, 0, 0, 0, 0); // the table of tables, far outside
        assertThat(refused(tables)).contains("qemu-img check finds it damaged");
        Path counts = qcow2(raw(true));
        byte[] bytes = Files.readAllBytes(counts);
        int table = java.nio.ByteBuffer.wrap(bytes).getInt(52); // refcount_table_offset, low half
        poke(counts, table, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(refused(counts)).contains("qemu-img check finds it damaged");
        assertThat(fixture.refused(Arrays.copyOf(good, good.length - (2 << 20))))
                .contains("qemu-img");
    }

    @Test
    void aDiskThatIsTooLargeLeavesNothing() {
        StoreFixture small = new StoreFixture(directory.resolve("small"), new ImageLimits(SIZE - 512, 500, 100, 250));
        assertThat(small.refused(raw(true))).contains("larger than the " + (SIZE - 512) + " bytes allowed");
    }
}
