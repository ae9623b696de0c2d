package io.lamella.backend.lxc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * What an instance printed on its console. LXC begins a new file at a mebibyte and keeps the one before.
 *
 * @param older the file before the current one, where there was one
 */
record ConsoleLog(Path current, Path older) {
    private static final int MAX = 1 << 20;
    private static final int MAX_WORDS = 200;

    static ConsoleLog of(Unit unit) {
        return new ConsoleLog(unit.consoleLog(), unit.olderConsoleLog());
    }

    /** The last mebibyte. */
    InputStream read() {
        byte[] last = tail(current, MAX);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(tail(older, MAX - last.length));
        text.writeBytes(last);
        return new ByteArrayInputStream(text.toByteArray());
    }

    /** The last line that is not blank as the end of a sentence; empty where there is none. */
    String lastWords() {
        String text = new String(tail(current, 4096), StandardCharsets.UTF_8);
        return text.lines()
                .map(String::strip)
                .filter(Predicate.not(String::isEmpty))
                .reduce((before, line) -> line)
                .map(ConsoleLog::quotable)
                .map(line -> "; its last words were \"" + line + "\"")
                .orElse("");
    }

    /** It goes into messages and logs, and the instance must not steer the terminal on which they are read. */
    private static String quotable(String line) {
        String text = line.replaceAll("\\p{Cc}", "?");
        return text.length() > MAX_WORDS ? text.substring(0, MAX_WORDS) + "..." : text;
    }

    private static byte[] tail(Path file, int length) {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
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
