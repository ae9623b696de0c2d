package io.lamella.image;

import java.util.Arrays;

/**
 * One 512-byte header block as POSIX.1-1988 (ustar) and GNU tar lay it out (pax(1), "ustar Interchange Format"; GNU tar
 * manual, "Basic Tar Format").
 */
final class TarHeader {
    static final int BLOCK = 512;

    private static final int CHECKSUM = 148;

    private final byte[] block;

    /** @param block 512 bytes for which {@link #isHeader} holds */
    TarHeader(byte[] block) {
        this.block = block;
    }

    static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the checksum fits, computed over unsigned bytes or, as old Sun tars did, over signed ones. */
    static boolean isHeader(byte[] block) {
        if (isZero(block)) {
            return true; // an archive without entries is still an archive
        }
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        try {
            long stored = number(block, CHECKSUM, 8);
            return stored == unsigned || stored == signed;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /**
     * The name's bytes, with the prefix where the ustar form has one. GNU's own form keeps other things in the place of
     * the prefix.
     */
    byte[] name() {
        byte[] name = text(0, 100);
        byte[] prefix = isUstar() ? text(345, 155) : new byte[0];
        if (prefix.length == 0) {
            return name;
        }
        byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        whole[prefix.length] = '/';
        System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
        return whole;
    }

    byte[] linkName() {
        return text(157, 100);
    }

    char type() {
        return (char) (block[156] & 0xff);
    }

    long mode() {
        return number(block, 100, 8);
    }

    long uid() {
        return number(block, 108, 8);
    }

    long gid() {
        return number(block, 116, 8);
    }

    long size() {
        return number(block, 124, 12);
    }

    long mtime() {
        return number(block, 136, 12);
    }

    /** GNU's old sparse form: the file's real size. */
    long realSize() {
        return number(block, 483, 12);
    }

    private boolean isUstar() {
        return new String(block, 257, 6, java.nio.charset.StandardCharsets.ISO_8859_1).equals("ustar\0");
    }

    private byte[] text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, offset, end);
    }

    /**
     * A number in octal digits between blanks and zero bytes, or in GNU's base 256, marked by the first byte's top bit.
     *
     * @throws NumberFormatException if it is neither, or does not fit into 63 bits
     */
    static long number(byte[] block, int offset, int length) {
        if ((block[offset] & 0x80) != 0) {
            return base256(block, offset, length);
        }
        int i = offset;
        int end = offset + length;
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        long value = 0;
        for (; i < end && block[i] != ' ' && block[i] != 0; i++) {
            int digit = block[i] - '0';
            if (digit < 0 || digit > 7) {
                throw new NumberFormatException("not octal");
            }
            value = value << 3 | digit; // at most 12 digits: 36 bits
        }
        return value;
    }

    private static long base256(byte[] block, int offset, int length) {
        boolean negative = (block[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int b = block[offset + i] & 0xff;
            if (i == 0) {
                b = negative ? b : b & 0x7f;
            }
            if (value >> 55 != (negative ? -1 : 0)) {
                throw new NumberFormatException("too large");
            }
            value = value << 8 | b;
        }
        return value;
    }
}
