package io.lamella.image;

import io.lamella.model.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The rule that makes a name in an archive safe to use below a directory. */
final class Names {
    private static final int COMPONENT = 255;

    private Names() {}

    /**
     * The name without {@code .} components and superfluous slashes; empty for the root itself. The result never begins
     * with a slash, has no {@code ..}, and consists of components that the kernel accepts.
     *
     * @param limit how many bytes it may have
     */
    static String safe(String name, int limit) {
        if (name.isEmpty()) {
            throw refused("an entry has no name");
        }
        if (name.startsWith("/")) {
            throw refused(shown(name) + " is an absolute name");
        }
        if (name.indexOf('\0') >= 0) {
            throw refused(shown(name) + " has a zero byte in its name");
        }
        if (name.length() > limit) {
            throw refused(shown(name) + " is a name of more than " + limit + " bytes");
        }
        List<String> parts = new ArrayList<>();
        for (String part : name.split("/")) {
            if (part.equals("..")) {
                throw refused(shown(name) + " has \"..\" in its name");
            }
            if (bytes(part) > COMPONENT) {
                throw refused(shown(name) + " has a part of more than " + COMPONENT + " bytes");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String safe = String.join("/", parts);
        if (bytes(safe) > limit) {
            throw refused(shown(name) + " is a name of more than " + limit + " bytes");
        }
        return safe;
    }

    /** A name for a message: quoted, of bounded length, without anything that a terminal would obey. */
    static String shown(String name) {
        String text = name.length() <= 120 ? name : name.substring(0, 117) + "...";
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(shown::appendCodePoint);
        return shown.append('"').toString();
    }

    static Refusal refused(String why) {
        return Refusal.invalid("archive", "the archive is refused: " + why);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
