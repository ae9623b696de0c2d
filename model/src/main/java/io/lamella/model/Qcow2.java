package io.lamella.model;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the begin of a qcow2 file says (QEMU, docs/interop/qcow2.txt).
 *
 * @param layered whether it names a file that it is a layer over
 * @param external whether its data is in another file
 * @param encrypted whether its data can be read with a key only
 * @param size of the disk in bytes; negative where the file says nonsense
 */
public record Qcow2(boolean layered, boolean external, boolean encrypted, long size) {
    /** How many bytes {@link #parse} looks at. */
    public static final int HEADER = 104;

    private static final int MAGIC = 0x514649fb;
    private static final int VERSION_2_HEADER = 72;
    private static final int VERSION = 4;
    private static final int BACKING_OFFSET = 8;
    private static final int SIZE = 24;
    private static final int ENCRYPTION = 32;
    private static final int INCOMPATIBLE = 72;
    private static final long EXTERNAL_DATA = 4;

    /** Whether a file that begins so claims to be one. */
    public static boolean begins(ByteBuffer start) {
        return start.remaining() >= 4 && start.getInt(start.position()) == MAGIC;
    }

    /** Empty where the bytes, from their position on, are no header of version 2 or 3. */
    public static Optional<Qcow2> parse(ByteBuffer start) {
        ByteBuffer header = start.slice();
        if (!begins(header) || header.remaining() < VERSION_2_HEADER) {
            return Optional.empty();
        }
        int version = header.getInt(VERSION);
        if (version < 2 || version > 3 || (version == 3 && header.remaining() < HEADER)) {
            return Optional.empty();
        }
        boolean external = version == 3 && (header.getLong(INCOMPATIBLE) & EXTERNAL_DATA) != 0;
        return Optional.of(new Qcow2(
                header.getLong(BACKING_OFFSET) != 0, external, header.getInt(ENCRYPTION) != 0, header.getLong(SIZE)));
    }
}
