package io.lamella.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A directory with an OCI image layout (OCI image-spec, image-layout.md) as a tar archive (POSIX ustar), made while it
 * is read. The names within a layout are short, so that no extension of ustar is needed.
 */
final class OciTar {
    private static final int BLOCK = 512;
    private static final int MAX_NAME = 100;
    private static final long MAX_SIZE = 1L << 33;
    private static final int MAX_FILES = 100_000;

    private final Path root;
    private final List<Entry> entries;

    private record Entry(String name, Path file, long size) {
        long padding() {
            return -size & (BLOCK - 1);
        }
    }

    private OciTar(Path root, List<Entry> entries) {
        this.root = root;
        this.entries = entries;
    }

    /** Refuses a directory that is no image layout. */
    static OciTar of(Path directory) throws IOException {
        if (!Files.isRegularFile(directory.resolve("oci-layout"))) {
            throw Failure.wrongUse("\"" + directory
                    + "\" is a directory without a file oci-layout: give an OCI image layout, or a tar archive");
        }
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) walk.sorted()::iterator) {
                if (Files.isDirectory(file)) {
                    continue;
                }
                String name = directory.relativize(file).toString();
                if (!Files.isRegularFile(file)
                        || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME
                        || Files.size(file) >= MAX_SIZE
                        || entries.size() == MAX_FILES) {
                    throw Failure.wrongUse("\"" + file + "\" does not belong into an OCI image layout");
                }
                entries.add(new Entry(name, file, Files.size(file)));
            }
        }
        return new OciTar(directory, entries);
    }

    /** The archive's length in bytes. */
    long length() {
        long length = 2 * BLOCK;
        for (Entry e : entries) {
            length += BLOCK + e.size() + e.padding();
        }
        return length;
    }

    InputStream open() {
        Iterator<Entry> files = entries.iterator();
        return new SequenceInputStream(new Enumeration<>() {
            private boolean ended;

            @Override
            public boolean hasMoreElements() {
                return !ended;
            }

            @Override
            public InputStream nextElement() {
                if (!files.hasNext()) {
                    ended = true;
                    return new ByteArrayInputStream(new byte[2 * BLOCK]);
                }
                return entry(files.next());
            }
        });
    }

    private InputStream entry(Entry e) {
        try {
            return new SequenceInputStream(Collections.enumeration(List.of(
                    new ByteArrayInputStream(header(e)),
                    Files.newInputStream(e.file()),
                    new ByteArrayInputStream(new byte[(int) e.padding()]))));
        } catch (IOException x) {
            throw Failure.failed("\"" + root + "\" cannot be read: " + Endpoint.reason(x));
        }
    }

    private static byte[] header(Entry e) {
        byte[] h = new byte[BLOCK];
        put(h, 0, e.name());
        put(h, 100, "0000644");
        put(h, 108, "0000000");
        put(h, 116, "0000000");
        put(h, 124, String.format(Locale.ROOT, "%011o", e.size()));
        put(h, 136, "00000000000");
        put(h, 148, "        ");
        h[156] = '0';
        put(h, 257, "ustar\00000");
        int sum = 0;
        for (byte b : h) {
            sum += b & 255;
        }
        put(h, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        return h;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
