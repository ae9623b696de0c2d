package io.lamella.backend.kvm;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * The begin of a qcow2 file (QEMU, docs/interop/qcow2.txt).
 *
 * @param layered whether it names a file that it is a layer over
 * @param external whether its data is in another file
 * @param size of the disk in bytes
 */
record Qcow2(boolean layered, boolean external, long size) {
    private static final int MAGIC = 0x514649fb;
    private static final int HEADER = 104;
    private static final int BACKING_OFFSET = 8;
    private static final int SIZE = 24;
    private static final int INCOMPATIBLE = 72;
    private static final long EXTERNAL_DATA = 4;

    static Qcow2 read(Path file) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (header.hasRemaining() && channel.read(header) >= 0) {}
        } catch (IOException e) {
            throw Refusal.unavailable("the disk " + file + " cannot be read: " + e.getMessage());
        }
        return parse(header.flip());
    }

    static Qcow2 parse(ByteBuffer header) {
        if (header.remaining() < HEADER || header.getInt(0) != MAGIC) {
            throw Refusal.conflict("disk", "the root disk is damaged: it is no qcow2 file");
        }
        int version = header.getInt(4);
        if (version < 2 || version > 3) {
            throw Refusal.conflict("disk", "the root disk is damaged: it is of qcow2 version " + version);
        }
        boolean external = version == 3 && (header.getLong(INCOMPATIBLE) & EXTERNAL_DATA) != 0;
        return new Qcow2(header.getLong(BACKING_OFFSET) != 0, external, header.getLong(SIZE));
    }
}
