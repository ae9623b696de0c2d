package io.lamella.isolation;

import io.lamella.linux.LinuxException;
import io.lamella.linux.Tasks;
import io.lamella.model.CpuSet;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * One thing in the kernel that has a value which can be read, written and written back. Its {@link #key} names it in
 * the journal, from which {@link #of} makes it again.
 */
sealed interface Knob {
    String PRESENT = "present";
    String ABSENT = "absent";

    String key();

    /** The value now; empty where the thing is not there or has none. */
    Optional<String> read();

    /** @throws LinuxException where the kernel refuses */
    void write(String value);

    /** Whether two values mean the same. */
    default boolean same(String a, String b) {
        return a.equals(b);
    }

    /** The reverse of {@link #key}. */
    static Knob of(String key) {
        int colon = key.indexOf(':');
        String kind = key.substring(0, Math.max(0, colon));
        String rest = key.substring(colon + 1);
        return switch (kind) {
            case "group" -> new Group(Path.of(rest));
            case "controller" -> new Controller(Path.of(rest));
            case "task" -> {
                String[] parts = rest.split("@", -1);
                yield new Placement(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
            }
            case "offspring" -> {
                String[] parts = rest.split("@", -1);
                yield new Offspring(CpuSet.parse("journal", parts[0]), Long.parseLong(parts[1]));
            }
            default -> new Text(Form.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), Path.of(rest));
        };
    }

    /** How a file's text is to be understood. */
    enum Form {
        WORD,
        /** A mask of CPUs, leading zeros meaning nothing. */
        MASK,
        /** A cpulist. */
        LIST,
        /** All words that are allowed, the chosen one in brackets. */
        CHOICE;

        /** The CPUs of a mask or list; empty where it is none. */
        Optional<CpuSet> cpus(String text) {
            try {
                return Optional.of(this == MASK ? CpuSet.parseMask("mask", text) : CpuSet.parse("list", text));
            } catch (Refusal e) {
                return Optional.empty();
            }
        }

        String text(CpuSet cpus) {
            return this == MASK ? cpus.mask() : cpus.toString();
        }
    }

    /** A file of /proc, /sys or a control group. */
    record Text(Form form, Path file) implements Knob {
        private static final int MAX_BYTES = 65_536;

        @Override
        public String key() {
            return form.name().toLowerCase(java.util.Locale.ROOT) + ":" + file;
        }

        @Override
        public Optional<String> read() {
            try {
                String text = whole(file).strip();
                int open = text.indexOf('[');
                int close = text.indexOf(']', open + 1);
                return Optional.of(form == Form.CHOICE && close > open ? text.substring(open + 1, close) : text);
            } catch (IOException e) {
                return Optional.empty(); // also a queue without such a mask, which answers ENOENT when it is read
            }
        }

        /** In one read(2): a number of /proc/sys answers a second one with nothing, whatever the first one left. */
        private static String whole(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file)) {
                ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                    // until its end
                }
                return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            }
        }

        @Override
        public void write(String value) {
            try {
                Files.writeString(file, value + "\n", StandardOpenOption.WRITE);
            } catch (FileSystemException e) {
                throw new LinuxException(Optional.ofNullable(e.getReason()).orElse("it is not there"));
            } catch (IOException e) {
                throw new LinuxException(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public boolean same(String a, String b) {
            if (form != Form.MASK && form != Form.LIST) {
                return a.equals(b);
            }
            Optional<CpuSet> first = form.cpus(a);
            return first.isPresent() ? first.equals(form.cpus(b)) : a.equals(b);
        }
    }

    /** A control group; its processes go to the group above when it goes. */
    record Group(Path directory) implements Knob {
        @Override
        public String key() {
            return "group:" + directory;
        }

        @Override
        public Optional<String> read() {
            return Optional.of(Files.isDirectory(directory) ? PRESENT : ABSENT);
        }

        @Override
        public void write(String value) {
            try {
                if (value.equals(PRESENT)) {
                    Files.createDirectories(directory);
                    return;
                }
                for (String process : Files.readAllLines(directory.resolve("cgroup.procs"))) {
                    Files.writeString(
                            directory.resolveSibling("cgroup.procs"), process + "\n", StandardOpenOption.WRITE);
                }
                Files.deleteIfExists(directory);
            } catch (IOException e) {
                throw new LinuxException("the control group " + directory, e);
            }
        }
    }

    /** Whether a group's children have the cpuset controller, by its cgroup.subtree_control. */
    record Controller(Path file) implements Knob {
        private static final String NAME = "cpuset";

        @Override
        public String key() {
            return "controller:" + file;
        }

        @Override
        public Optional<String> read() {
            return new Text(Form.WORD, file)
                    .read()
                    .map(text -> List.of(text.split("\\s+")).contains(NAME) ? PRESENT : ABSENT);
        }

        /** A child that has come to pass the controller on needs it: it stays then. */
        @Override
        public void write(String value) {
            boolean needed = Scene.entries(file.resolveSibling(".").normalize()).stream()
                    .map(child -> new Controller(child.resolve("cgroup.subtree_control")))
                    .anyMatch(child -> child.read().equals(Optional.of(PRESENT)));
            if (value.equals(PRESENT) || !needed) {
                new Text(Form.WORD, file).write((value.equals(PRESENT) ? "+" : "-") + NAME);
            }
        }
    }

    /** Where one task may run. */
    record Placement(int task, long startTime) implements Knob {
        @Override
        public String key() {
            return "task:" + task + "@" + startTime;
        }

        @Override
        public Optional<String> read() {
            return Tasks.find(task).filter(t -> t.startTime() == startTime).map(Tasks.Task::cpus);
        }

        @Override
        public void write(String value) {
            if (read().isPresent()) {
                Tasks.move(task, CpuSet.parse("cpus", value).stream().toArray());
            }
        }

        @Override
        public boolean same(String a, String b) {
            return CpuSet.parse("cpus", a).equals(CpuSet.parse("cpus", b));
        }
    }

    /**
     * Where tasks may run that were born of moved ones since, which have no value of their own to go back to: those that
     * are held to exactly {@code held}. Only ever written back.
     *
     * @param since in clock ticks since boot
     */
    record Offspring(CpuSet held, long since) implements Knob {
        @Override
        public String key() {
            return "offspring:" + held + "@" + since;
        }

        @Override
        public Optional<String> read() {
            return Optional.of("");
        }

        @Override
        public void write(String value) {
            for (Tasks.Task task : Tasks.all()) {
                if (task.startTime() >= since && !task.bound() && task.cpus().equals(held.toString())) {
                    new Placement(task.id(), task.startTime()).write(value);
                }
            }
        }
    }
}
