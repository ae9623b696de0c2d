package io.lamella.isolation;

import io.lamella.linux.LinuxException;
import io.lamella.model.Codec;
import io.lamella.model.IsolationOrder;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What things were before isolation changed them: on the disk before the change. A file of lines, the first naming the
 * boot and the order; a line that was not written to its end counts for nothing, as nothing was changed yet. Not safe
 * for use by several threads.
 */
final class Journal {
    private static final int FIELDS = 4;
    private static final String END = ".";

    private final Path file;

    Journal(Path file) {
        this.file = file;
    }

    /**
     * What the journal says.
     *
     * @param boot the kernel's id of the boot that the values belong to
     * @param complete whether everything was applied
     * @param before the values before, in the order of the changes
     * @param refused what the kernel refused, with its reason
     */
    record Content(
            String boot, IsolationOrder order, boolean complete, List<Before> before, Map<String, String> refused) {}

    /** One thing's value before the first change. */
    record Before(String key, String value) {}

    /** Takes the place of any older journal. */
    void begin(String boot, IsolationOrder order) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            append(fresh, line("order", boot, Codec.write(order)));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory();
        } catch (IOException e) {
            throw new LinuxException("the journal " + file, e);
        }
    }

    void before(List<Before> values) {
        StringBuilder lines = new StringBuilder();
        values.forEach(v -> lines.append(line("before", v.key(), v.value())));
        append(file, lines.toString());
    }

    void refused(Map<String, String> reasons) {
        StringBuilder lines = new StringBuilder();
        reasons.forEach((key, why) -> lines.append(line("refused", key, why)));
        append(file, lines.toString());
    }

    /** From here on, everything that was asked for is in force. */
    void complete() {
        append(file, line("state", "complete", ""));
    }

    /** From here on, everything is to be given back. */
    void withdraw() {
        append(file, line("state", "withdrawn", ""));
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
            syncDirectory();
        } catch (IOException e) {
            throw new LinuxException("the journal " + file, e);
        }
    }

    Optional<Content> read() {
        String text;
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            text = Files.readString(file);
        } catch (IOException e) {
            throw new LinuxException("the journal " + file, e);
        }
        return parse(text);
    }

    /** Empty where not even the first line is whole. */
    static Optional<Content> parse(String text) {
        String boot = "";
        Optional<IsolationOrder> order = Optional.empty();
        boolean complete = false;
        Map<String, Before> before = new LinkedHashMap<>();
        Map<String, String> refused = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            String[] fields = line.split("\t", -1);
            if (fields.length != FIELDS || !fields[FIELDS - 1].equals(END)) {
                continue;
            }
            String key = plain(fields[1]);
            String value = plain(fields[2]);
            switch (fields[0]) {
                case "order" -> {
                    boot = key;
                    order = order(value);
                }
                case "before" -> before.putIfAbsent(key, new Before(key, value));
                case "refused" -> refused.put(key, value);
                case "state" -> complete = key.equals("complete");
                default -> {} // of a later version
            }
        }
        String id = boot;
        boolean whole = complete;
        return order.map(o -> new Content(id, o, whole, new ArrayList<>(before.values()), refused));
    }

    private static Optional<IsolationOrder> order(String json) {
        try {
            return Optional.of(Codec.read(IsolationOrder.class, json));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    private static String line(String kind, String key, String value) {
        return kind + "\t" + escaped(key) + "\t" + escaped(value) + "\t" + END + "\n";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
    }

    private static String plain(String text) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                s.append(text.charAt(i) == 'n' ? '\n' : text.charAt(i) == 't' ? '\t' : text.charAt(i));
            } else {
                s.append(c);
            }
        }
        return s.toString();
    }

    private static void append(Path file, String text) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(("\n" + text).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new LinuxException("the journal " + file, e);
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().resolveSibling("."))) {
            directory.force(true);
        }
    }
}
