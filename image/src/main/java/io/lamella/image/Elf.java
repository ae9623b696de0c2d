package io.lamella.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What has to be known of an executable file (elf(5)). */
final class Elf {
    private static final int PT_INTERP = 3;

    private Elf() {}

    /** Whether {@code program} asks for a dynamic linker, or is no ELF program at all. */
    static boolean isDynamic(byte[] program) {
        if (program.length < 64 || program[0] != 0x7f || program[1] != 'E' || program[2] != 'L' || program[3] != 'F') {
            return true;
        }
        boolean wide = program[4] == 2;
        ByteBuffer elf =
                ByteBuffer.wrap(program).order(program[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        long headers = wide ? elf.getLong(32) : elf.getInt(28) & 0xffff_ffffL;
        int size = elf.getShort(wide ? 54 : 42) & 0xffff;
        int count = elf.getShort(wide ? 56 : 44) & 0xffff;
        for (int i = 0; i < count; i++) {
            long at = headers + (long) i * size;
            if (at < 0 || at > program.length - 4 || elf.getInt((int) at) == PT_INTERP) {
                return true;
            }
        }
        return false;
    }
}
