package io.lamella.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes small ustar archives in which everything belongs to root and is of 1970: the same entries, the same bytes. */
final class TarWriter {
    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void directory(String name, int mode) throws IOException {
        header('5', name, mode, 0, "");
    }

    void symlink(String name, String target) throws IOException {
        header('2', name, 0777, 0, target);
    }

    void file(String name, int mode, byte[] content) throws IOException {
        header('0', name, mode, content.length, "");
        out.write(content);
        out.write(new byte[-content.length & (TarHeader.BLOCK - 1)]);
    }

    void end() throws IOException {
        out.write(new byte[2 * TarHeader.BLOCK]);
    }

    /** Names and targets have at most 100 ASCII characters. */
    private void header(char type, String name, int mode, long size, String target) throws IOException {
        byte[] block = new byte[TarHeader.BLOCK];
        text(block, 0, name);
        text(block, 100, octal(mode, 7));
        text(block, 108, octal(0, 7));
        text(block, 116, octal(0, 7));
        text(block, 124, octal(size, 11));
        text(block, 136, octal(0, 11));
        text(block, 148, " ".repeat(8));
        block[156] = (byte) type;
        text(block, 157, target);
        text(block, 257, "ustar\00000");
        int sum = 0;
        for (byte b : block) {
            sum += b;
        }
        text(block, 148, octal(sum, 6) + "\0 ");
        out.write(block);
    }

    private static String octal(long value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "o", value);
    }

    private static void text(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }
}
