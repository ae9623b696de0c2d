package io.lamella.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The machine's users and groups (passwd(5), group(5)): first those of the files, which cost next to nothing, then those
 * of its name service where there is getent(1).
 */
public final class Users {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int ID = 2;
    private static final int PRIMARY_GROUP = 3;
    private static final int MEMBERS = 3;

    private Users() {}

    /** The number of a group; absent where there is none of this name. */
    public static Optional<Long> groupId(String name) {
        return entry("group", name).flatMap(entry -> number(entry, ID));
    }

    /** The number of a user; absent where there is none of this name. */
    public static Optional<Long> userId(String name) {
        return entry("passwd", name).flatMap(entry -> number(entry, ID));
    }

    /** Whether both exist and the group is the user's primary one, or lists the user. */
    public static boolean inGroup(String user, String group) {
        Optional<List<String>> member = entry("passwd", user);
        Optional<List<String>> wanted = entry("group", group);
        if (member.isEmpty() || wanted.isEmpty()) {
            return false;
        }
        boolean primary = number(member.get(), PRIMARY_GROUP).equals(number(wanted.get(), ID));
        return primary || List.of(wanted.get().get(MEMBERS).split(",", -1)).contains(user);
    }

    private static Optional<List<String>> entry(String database, String name) {
        return find(file(Path.of("/etc", database)), name).or(() -> find(nameService(database, name), name));
    }

    /** The fields of the first complete line whose first field is {@code name}. */
    static Optional<List<String>> find(String content, String name) {
        return content.lines()
                .map(line -> List.of(line.split(":", -1)))
                .filter(fields -> fields.size() > MEMBERS && fields.getFirst().equals(name))
                .filter(fields -> number(fields, ID).isPresent())
                .findFirst()
                .filter(fields -> !name.isEmpty());
    }

    /** A field as a number of 32 bits; absent where it is none. */
    static Optional<Long> number(List<String> fields, int index) {
        if (fields.size() <= index || !fields.get(index).matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(fields.get(index))).filter(number -> number <= 0xffff_ffffL);
    }

    private static String file(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static String nameService(String database, String name) {
        if (name.isEmpty() || Command.find("getent").isEmpty()) {
            return "";
        }
        return Command.run(TIMEOUT, List.of("getent", "--", database, name)).output();
    }
}
