package io.lamella.image;

import io.lamella.image.TarEntry.Kind;
import io.lamella.image.TarEntry.Part;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads tar archives: v7, ustar, pax and GNU, with long names, extended attributes and all sparse forms of GNU tar.
 *
 * <p>Not commons-compress, whose reader turns the values of pax records into text, which destroys file capabilities, and
 * keeps global headers without a bound. The memory used here is bounded by {@link #HEADERS} whatever the archive says.
 */
final class TarReader {
    /** How many bytes of extended headers, long names and sparse maps one entry may have. */
    static final int HEADERS = 1 << 20;

    private final InputStream in;
    private PaxRecords global = new PaxRecords();
    private long position;
    private long remaining;
    private long padding;
    private boolean ended;

    /** @param in is read to the archive's end mark and not beyond; its read methods refuse and never throw */
    TarReader(InputStream in) {
        this.in = in;
    }

    /** The next entry; skips what was not read of the one before. Empty at the archive's end. */
    Optional<TarEntry> next() {
        if (ended) {
            return Optional.empty();
        }
        skip(remaining);
        remaining = 0;
        skip(padding);
        padding = 0;
        PaxRecords pax = new PaxRecords(global);
        Optional<byte[]> longName = Optional.empty();
        Optional<byte[]> longLink = Optional.empty();
        int budget = HEADERS;
        while (true) {
            byte[] block = block();
            if (TarHeader.isZero(block)) {
                ended = true;
                return Optional.empty();
            }
            if (!TarHeader.isHeader(block)) {
                throw damaged("there is no entry at byte " + (position - TarHeader.BLOCK));
            }
            TarHeader header = new TarHeader(block);
            try {
                switch (header.type()) {
                    case 'x', 'X' -> pax.read(text(header, budget));
                    case 'g' -> {
                        global.read(text(header, budget));
                        if (global.weight() > HEADERS) {
                            throw tooLong();
                        }
                        pax = new PaxRecords(global);
                    }
                    case 'L' -> longName = Optional.of(untilZero(text(header, budget)));
                    case 'K' -> longLink = Optional.of(untilZero(text(header, budget)));
                    case 'V' -> skip(padded(header.size())); // the label of a volume
                    default -> {
                        return Optional.of(entry(header, block, pax, longName, longLink));
                    }
                }
                budget -= TarHeader.BLOCK + (header.type() == 'V' ? 0 : (int) Math.min(budget, header.size()));
            } catch (NumberFormatException e) {
                throw damaged("a number in the header at byte " + (position - TarHeader.BLOCK) + " is malformed");
            }
        }
    }

    /** Reads from the data of the entry that {@link #next} returned last; -1 at its end. */
    int read(byte[] b, int off, int len) {
        if (remaining == 0) {
            return -1;
        }
        int n = raw(b, off, (int) Math.min(len, remaining));
        remaining -= n;
        return n;
    }

    /** All of the last entry's data, which has to be at most {@code limit} bytes. */
    byte[] readAll(String name, int limit) {
        if (remaining > limit) {
            throw Refusal.invalid("archive", "the archive is refused: " + name + " is longer than " + limit + " bytes");
        }
        byte[] all = new byte[(int) remaining];
        fill(all);
        remaining = 0;
        return all;
    }

    private TarEntry entry(
            TarHeader header, byte[] block, PaxRecords pax, Optional<byte[]> longName, Optional<byte[]> longLink) {
        String name = name(pax.bytes("GNU.sparse.name")
                .or(() -> pax.bytes("path"))
                .or(() -> longName)
                .orElseGet(header::name));
        Kind kind = kind(header.type(), name);
        String target = "";
        if (kind == Kind.SYMLINK || kind == Kind.HARD_LINK) {
            target = name(pax.bytes("linkpath").or(() -> longLink).orElseGet(header::linkName));
        }
        long stored = pax.number("size", header.size());
        if (stored < 0) {
            throw damaged("the size of " + Names.shown(name) + " is negative");
        }
        List<Part> parts = List.of();
        long size = 0;
        if (kind == Kind.FILE || header.type() == 'D') {
            remaining = stored; // for other kinds old tars put a size there without data behind it
            padding = padded(stored) - stored;
        }
        if (kind == Kind.FILE) {
            size = stored;
            parts = List.of(new Part(0, stored));
            if (header.type() == 'S') {
                parts = gnuSparse(block);
                size = header.realSize();
            } else if (pax.mapInData()) {
                parts = mapInData();
                size = pax.number("GNU.sparse.realsize", -1);
            } else if (pax.map().isPresent()) {
                parts = pax.map().get();
                size = pax.number("GNU.sparse.size", -1);
            }
            checkParts(name, parts, size);
        }
        return new TarEntry(
                kind,
                name,
                target,
                (int) header.mode() & 07777,
                pax.number("uid", header.uid()),
                pax.number("gid", header.gid()),
                size,
                pax.mtime().orElseGet(() -> instant(header.mtime())),
                parts,
                pax.xattrs());
    }

    private static Kind kind(char type, String name) {
        return switch (type) {
            case '0', '\0', '7' -> name.endsWith("/") ? Kind.DIRECTORY : Kind.FILE; // v7 had no type for directories
            case 'S' -> Kind.FILE;
            case '1' -> Kind.HARD_LINK;
            case '2' -> Kind.SYMLINK;
            case '3' -> Kind.CHARACTER_DEVICE;
            case '4' -> Kind.BLOCK_DEVICE;
            case '5', 'D' -> Kind.DIRECTORY;
            case '6' -> Kind.FIFO;
            default ->
                throw Refusal.invalid(
                        "archive",
                        "the archive is refused: " + Names.shown(name) + " is of a type that cannot be unpacked ("
                                + (type > ' ' && type < 127 ? "\"" + type + "\"" : "number " + (int) type) + ")");
        };
    }

    private List<Part> gnuSparse(byte[] first) {
        List<Part> parts = new ArrayList<>();
        addParts(first, 386, 4, parts);
        boolean more = first[482] != 0;
        for (int bytes = 0; more; bytes += TarHeader.BLOCK) {
            if (bytes > HEADERS) {
                throw tooLong();
            }
            byte[] block = block();
            addParts(block, 0, 21, parts);
            more = block[504] != 0;
        }
        return parts;
    }

    private static void addParts(byte[] block, int offset, int count, List<Part> parts) {
        for (int i = 0; i < count && block[offset + 24 * i] != 0; i++) {
            parts.add(new Part(
                    TarHeader.number(block, offset + 24 * i, 12), TarHeader.number(block, offset + 24 * i + 12, 12)));
        }
    }

    /** Sparse form 1.0: decimal numbers, one a line, in front of the data and padded to a block. */
    private List<Part> mapInData() {
        long before = remaining;
        long count = line();
        if (count > HEADERS / 4) {
            throw tooLong();
        }
        List<Part> parts = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            parts.add(new Part(line(), line()));
            if (before - remaining > HEADERS) {
                throw tooLong();
            }
        }
        long used = before - remaining;
        long pad = padded(used) - used;
        if (pad > remaining) {
            throw damaged("a sparse file's map is longer than the file");
        }
        skip(pad);
        remaining -= pad;
        return parts;
    }

    private long line() {
        StringBuilder digits = new StringBuilder();
        byte[] one = new byte[1];
        while (read(one, 0, 1) == 1) {
            if (one[0] == '\n') {
                return PaxRecords.number(digits.toString());
            }
            if (digits.length() > 20) {
                break;
            }
            digits.append((char) one[0]);
        }
        throw damaged("a sparse file's map is malformed");
    }

    private void checkParts(String name, List<Part> parts, long size) {
        long end = 0;
        long data = 0;
        for (Part part : parts) {
            if (part.offset() < end || part.length() < 0 || part.length() > size - part.offset()) {
                throw damaged("the sparse map of " + Names.shown(name) + " is wrong");
            }
            end = part.offset() + part.length();
            data += part.length();
        }
        if (size < 0 || data != remaining) {
            throw damaged("the sparse map of " + Names.shown(name) + " is wrong");
        }
    }

    private byte[] text(TarHeader header, int budget) {
        long size = header.size();
        if (size < 0 || size > budget - TarHeader.BLOCK) {
            throw tooLong();
        }
        byte[] text = new byte[(int) size];
        fill(text);
        skip(padded(size) - size);
        return text;
    }

    private static byte[] untilZero(byte[] text) {
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return java.util.Arrays.copyOf(text, end);
    }

    private static String name(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Refusal.invalid(
                    "archive",
                    "the archive is refused: the name " + Names.shown(new String(bytes, StandardCharsets.UTF_8))
                            + " is not valid UTF-8");
        }
    }

    private static Instant instant(long seconds) {
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    private static long padded(long size) {
        if (size < 0 || size > Long.MAX_VALUE - TarHeader.BLOCK) {
            throw damaged("a size is negative or too large");
        }
        return (size + TarHeader.BLOCK - 1) / TarHeader.BLOCK * TarHeader.BLOCK;
    }

    private byte[] block() {
        byte[] block = new byte[TarHeader.BLOCK];
        fill(block);
        return block;
    }

    private void fill(byte[] to) {
        for (int at = 0; at < to.length; ) {
            at += raw(to, at, to.length - at);
        }
    }

    private void skip(long bytes) {
        byte[] buffer = new byte[(int) Math.min(bytes, 1 << 16)];
        for (long left = bytes; left > 0; ) {
            left -= raw(buffer, 0, (int) Math.min(left, buffer.length));
        }
    }

    private int raw(byte[] b, int off, int len) {
        try {
            int n = len == 0 ? 0 : in.read(b, off, len);
            if (n < 0) {
                throw Refusal.invalid("archive", "the archive ends early at byte " + position + " of its content");
            }
            position += n;
            return n;
        } catch (IOException e) {
            throw new IllegalStateException(e); // the streams of this room refuse instead
        }
    }

    private static Refusal damaged(String how) {
        return Refusal.invalid("archive", "the archive is damaged: " + how);
    }

    private static Refusal tooLong() {
        return Refusal.invalid(
                "archive", "the archive is refused: an entry's extended headers are longer than " + HEADERS + " bytes");
    }
}
