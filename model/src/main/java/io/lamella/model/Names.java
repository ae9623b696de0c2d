package io.lamella.model;

import java.util.regex.Pattern;

/** The one rule for the names of slices, instances, networks and images (a DNS label, RFC 1123 section 2.1). */
public final class Names {
    private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final Pattern IMAGE = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?");

    private Names() {}

    /** Returns {@code name}, or refuses it. 1 to 40 characters, so that it fits a host name and a cgroup. */
    public static String check(String field, String name) {
        if (!LABEL.matcher(name).matches()) {
            throw Refusal.invalid(
                    field,
                    name,
                    "1 to 40 lower-case letters, digits and hyphens, starting with a letter and not ending in a hyphen");
        }
        return name;
    }

    /** The rule for image names, which may also start with a digit and hold dots and underscores. */
    public static String checkImage(String field, String name) {
        if (!IMAGE.matcher(name).matches()) {
            throw Refusal.invalid(
                    field,
                    name,
                    "1 to 64 lower-case letters, digits, dots, underscores and hyphens, starting and ending with a"
                            + " letter or digit");
        }
        return name;
    }
}
