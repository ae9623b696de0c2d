package io.lamella.guest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * What a virtual machine printed on its console. The hypervisor's program appends to the file without end, so it has to be
 * cut now and then. Links are not followed. Any thread.
 *
 * @param older what was cut off, beside the file
 */
public record ConsoleLog(Path current, Path older) {
    private static final int MAX = 1 << 20;
    private static final int MAX_WORDS = 200;

    /** The last mebibyte. */
    public InputStream read() {
        byte[] last = tail(current, MAX);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(tail(older, MAX - last.length));
        text.writeBytes(last);
        return new ByteArrayInputStream(text.toByteArray());
    }

    /** Keeps the last mebibyte of a file that has grown beyond it, apart. */
    public void cut() {
        try (FileChannel channel = FileChannel.open(
                current, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() > MAX) {
                Files.write(older, tail(current, MAX));
                channel.truncate(0);
            }
        } catch (NoSuchFileException e) {
            return; // nothing printed yet
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last line that is not blank as the end of a sentence; empty where there is none. */
    public String lastWords() {
        return new String(tail(current, 4096), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll("\\p{Cc}", "?").strip())
                .filter(line -> !line.isEmpty())
                .reduce((before, line) -> line)
                .map(line -> line.length() > MAX_WORDS ? line.substring(0, MAX_WORDS) + "..." : line)
                .map(line -> "; its last words were \"" + line + "\"")
                .orElse("");
    }

    private static byte[] tail(Path file, int length) {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            channel.position(Math.max(0, channel.size() - length));
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, channel.size()));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            byte[] read = new byte[bytes.position()];
            bytes.flip().get(read);
            return read;
        } catch (NoSuchFileException e) {
            return new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
