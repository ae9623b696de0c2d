package io.lamella.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes an archive for the kernel's initramfs (kernel document driver-api/early-userspace/buffer-format, "newc"). */
final class Cpio {
    private static final int DIRECTORY = 0040755;
    private static final int FILE = 0100000;
    private static final int LINK = 0120777;
    private static final int CHARACTER_DEVICE = 0020600;

    private final OutputStream out;
    private int inode;

    Cpio(OutputStream out) {
        this.out = out;
    }

    void directory(String name) throws IOException {
        entry(name, DIRECTORY, 0, 0, new byte[0]);
    }

    void file(String name, int permissions, byte[] content) throws IOException {
        entry(name, FILE | permissions, 0, 0, content);
    }

    void link(String name, String target) throws IOException {
        entry(name, LINK, 0, 0, target.getBytes(StandardCharsets.UTF_8));
    }

    void device(String name, int major, int minor) throws IOException {
        entry(name, CHARACTER_DEVICE, major, minor, new byte[0]);
    }

    void end() throws IOException {
        entry("TRAILER!!!", 0, 0, 0, new byte[0]);
        out.flush();
    }

    private void entry(String name, int mode, int major, int minor, byte[] content) throws IOException {
        byte[] path = (name + "\0").getBytes(StandardCharsets.UTF_8);
        int[] fields = {++inode, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, path.length, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append(String.format("%08X", field));
        }
        out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
        out.write(path);
        pad(header.length() + path.length);
        out.write(content);
        pad(content.length);
    }

    private void pad(int length) throws IOException {
        out.write(new byte[-length & 3]);
    }
}
