package io.lamella.image;

import io.lamella.compute.ImageStore.Content;
import io.lamella.compute.Root;
import io.lamella.model.Firmware;
import io.lamella.model.Qcow2;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * A disk on its way into the store, qcow2 or raw. A qcow2 file is kept as it came, after it was found to be whole, to
 * stand alone and to be of a size that a node can have; a raw one is kept sparse.
 */
final class DiskImage {
    /** What machines see: 1 TiB. */
    static final long LARGEST = 1L << 40;

    private static final int BLOCK = 1 << 16;
    private static final byte[] ZEROS = new byte[BLOCK];

    private DiskImage() {}

    /** Whether a file that begins so is a disk. */
    static boolean begins(byte[] start) {
        return Qcow2.begins(ByteBuffer.wrap(start)) || BootSector.begins(start);
    }

    /** Writes what comes to {@code file}, sparse, and makes it readable. */
    static void write(InputStream content, Path file, long most) {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] block = new byte[BLOCK];
            long size = 0;
            for (int n = content.readNBytes(block, 0, BLOCK); n > 0; n = content.readNBytes(block, 0, BLOCK)) {
                if (size + n > most) {
                    throw Refusal.exhausted(
                            "archive", "the disk image is refused: it is larger than the " + most + " bytes allowed");
                }
                if (!isZero(block, n)) {
                    for (ByteBuffer bytes = ByteBuffer.wrap(block, 0, n); bytes.hasRemaining(); ) {
                        out.write(bytes, size + bytes.position());
                    }
                }
                size += n;
            }
            if (out.size() < size) { // it ends in zeros
                out.write(ByteBuffer.wrap(new byte[1]), size - 1);
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        } catch (IOException e) {
            throw Storage.refusal("write the disk", e);
        }
    }

    /** What a written disk is; refuses one that cannot be run, or not safely. */
    static Content inspect(Path file, String digest, Optional<Firmware> wanted) {
        byte[] start = head(file, BootSector.LOOKED_AT);
        if (Qcow2.begins(ByteBuffer.wrap(start))) {
            QemuTools tools = new QemuTools(file);
            long size = size(start, tools);
            byte[] disk =
                    tools.begin((int) Math.min(size / BootSector.SECTOR * BootSector.SECTOR, BootSector.LOOKED_AT));
            return content(digest, Root.Disk.Format.QCOW2, size, disk, wanted);
        }
        long size = size(file);
        if (size % BootSector.SECTOR != 0) {
            throw refused("a raw disk has whole sectors of 512 bytes, and this one has " + size + " bytes");
        }
        return content(digest, Root.Disk.Format.RAW, size, start, wanted);
    }

    private static Content content(
            String digest, Root.Disk.Format format, long size, byte[] disk, Optional<Firmware> wanted) {
        if (!BootSector.begins(disk)) {
            throw refused("it does not boot: its first sector has no boot signature");
        }
        return new Content(digest, format.word(), size, 0, 0, Optional.of(wanted.orElse(BootSector.firmware(disk))));
    }

    /** The size of a qcow2 disk, which is safe to be opened and whole. */
    private static long size(byte[] start, QemuTools tools) {
        Qcow2 header = Qcow2.parse(ByteBuffer.wrap(start))
                .orElseThrow(() -> refused("its qcow2 header is damaged or of a version other than 2 and 3"));
        // before any program opens it, which would follow these
        refuseIf(header.layered(), "it is a layer over a backing file: flatten it with qemu-img convert first");
        refuseIf(header.external(), "its data is in another file: put both into one with qemu-img convert first");
        refuseIf(header.encrypted(), "it is encrypted: decrypt it with qemu-img convert first");
        refuseIf(
                header.size() < BootSector.SECTOR || header.size() > LARGEST,
                "its disk has " + Long.toUnsignedString(header.size()) + " bytes, from 512 to " + LARGEST
                        + " are allowed");
        Map<String, Object> info = tools.info();
        Map<String, Object> data = OciJson.child(info, "format-specific")
                .flatMap(specific -> OciJson.child(specific, "data"))
                .orElse(Map.of());
        refuseIf(info.containsKey("backing-filename"), "it is a layer over a backing file");
        refuseIf(data.containsKey("data-file"), "its data is in another file");
        refuseIf(Boolean.TRUE.equals(info.get("encrypted")), "it is encrypted");
        refuseIf(Boolean.TRUE.equals(data.get("corrupt")), "it is marked as damaged");
        refuseIf(OciJson.number(info, "virtual-size") != header.size(), "its header contradicts itself");
        tools.check();
        return header.size();
    }

    private static void refuseIf(boolean condition, String why) {
        if (condition) {
            throw refused(why);
        }
    }

    static Refusal refused(String why) {
        return Refusal.invalid("archive", "the disk image is refused: " + why);
    }

    private static byte[] head(Path file, int length) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(length);
        } catch (IOException e) {
            throw Storage.refusal("read the disk", e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw Storage.refusal("read the disk", e);
        }
    }

    private static boolean isZero(byte[] block, int length) {
        return Arrays.mismatch(block, 0, length, ZEROS, 0, length) < 0;
    }
}
