package io.lamella.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Writes tars byte by byte, also those that no proper program would write. */
final class TarForge {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int mode = 0644;
    private long uid;
    private long gid;

    /** A tar that is accepted as a root file system, with /etc/hostname saying "forged". */
    static TarForge root() {
        return new TarForge().directory("./").directory("etc/").file("etc/hostname", "forged");
    }

    TarForge mode(int mode) {
        this.mode = mode;
        return this;
    }

    TarForge owner(long uid, long gid) {
        this.uid = uid;
        this.gid = gid;
        return this;
    }

    TarForge file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    TarForge file(String name, byte[] content) {
        return entry('0', name, "", content.length).data(content);
    }

    TarForge directory(String name) {
        int file = mode;
        mode = file == 0644 ? 0755 : file;
        entry('5', name, "", 0);
        mode = file;
        return this;
    }

    TarForge symlink(String name, String target) {
        return entry('2', name, target, 0);
    }

    TarForge hardLink(String name, String target) {
        return entry('1', name, target, 0);
    }

    TarForge pax(String... keysAndValues) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            records.writeBytes(record(keysAndValues[i], keysAndValues[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        return paxBytes('x', records.toByteArray());
    }

    TarForge paxBytes(char type, byte[] records) {
        return entry(type, "PaxHeaders/x", "", records.length).data(records);
    }

    static byte[] record(String key, byte[] value) {
        byte[] rest = (" " + key + "=").getBytes(StandardCharsets.UTF_8);
        int length = rest.length + value.length + 1;
        int total = length + String.valueOf(length).length();
        total = length + String.valueOf(total).length();
        ByteBuffer record = ByteBuffer.allocate(total);
        record.put(String.valueOf(total).getBytes(StandardCharsets.US_ASCII))
                .put(rest)
                .put(value)
                .put((byte) '\n');
        return record.array();
    }

    TarForge longName(char type, String name) {
        byte[] bytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        return entry(type, "././@LongLink", "", bytes.length).data(bytes);
    }

    TarForge entry(char type, String name, String target, long size) {
        byte[] header = header(type, name.getBytes(StandardCharsets.UTF_8), target, size);
        out.writeBytes(header);
        return this;
    }

    byte[] header(char type, byte[] name, String target, long size) {
        byte[] h = new byte[512];
        System.arraycopy(name, 0, h, 0, Math.min(name.length, 100));
        octal(h, 100, 8, mode);
        number(h, 108, 8, uid);
        number(h, 116, 8, gid);
        number(h, 124, 12, size);
        octal(h, 136, 12, 1_000_000_000L);
        h[156] = (byte) type;
        byte[] link = target.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(link, 0, h, 157, Math.min(link.length, 100));
        System.arraycopy("ustar\00000".getBytes(StandardCharsets.US_ASCII), 0, h, 257, 8);
        return sealed(h);
    }

    static byte[] sealed(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        long sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, 148, 7, sum);
        return header;
    }

    TarForge raw(byte[] block) {
        out.writeBytes(block);
        return this;
    }

    /** Data of an entry, padded to a block. */
    TarForge data(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    /** What was written so far, without an end mark. */
    byte[] unfinished() {
        return out.toByteArray();
    }

    byte[] bytes() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    private static void number(byte[] h, int offset, int length, long value) {
        if (value >= 0 && value < 1L << 3 * (length - 1)) {
            octal(h, offset, length, value);
            return;
        }
        for (int i = length - 1; i >= 0; i--) {
            int shift = 8 * (length - 1 - i);
            h[offset + i] = (byte) (shift < 64 ? value >> shift : value >> 63);
        }
        h[offset] = (byte) (value < 0 ? 0xff : 0x80 | h[offset]);
    }

    private static void octal(byte[] h, int offset, int length, long value) {
        byte[] digits =
                String.format(Locale.ROOT, "%0" + (length - 1) + "o", value).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, h, offset, length - 1);
        h[offset + length - 1] = 0;
    }
}
