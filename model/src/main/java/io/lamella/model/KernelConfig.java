package io.lamella.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A kernel's configuration, or a fragment of one: what {@code .config}, /boot/config-* and /proc/config.gz hold
 * (kernel Documentation/kbuild/kconfig.rst).
 */
public final class KernelConfig {
    private static final String PREFIX = "CONFIG_";
    private static final String UNSET = " is not set";
    private static final int SHOWN = 60;

    private final Map<String, String> values;

    private KernelConfig(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /**
     * Reads one.
     *
     * @param origin what the text is called in the refusal
     * @throws Refusal where a line is neither a setting nor a comment, or there is no setting at all
     */
    public static KernelConfig parse(String origin, String text) {
        Map<String, String> values = new HashMap<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String setting = line.strip();
            if (setting.startsWith("# " + PREFIX) && setting.endsWith(UNSET)) {
                setting = setting.substring(2, setting.length() - UNSET.length()) + "=n";
            } else if (setting.isEmpty() || setting.startsWith("#")) {
                continue;
            }
            int equals = setting.indexOf('=');
            if (!setting.startsWith(PREFIX) || equals <= PREFIX.length() || equals == setting.length() - 1) {
                throw Refusal.invalid(
                        "config",
                        origin + ", line " + number + ": \"" + shown(line)
                                + "\" is not of a kernel's configuration: it must be CONFIG_NAME=VALUE or a comment");
            }
            values.put(setting.substring(PREFIX.length(), equals), setting.substring(equals + 1));
        }
        if (values.isEmpty()) {
            throw Refusal.invalid("config", origin + " is not a kernel's configuration: it sets no CONFIG_NAME");
        }
        return new KernelConfig(values);
    }

    private static String shown(String line) {
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }

    /**
     * The value of an option, such as {@code y}, {@code m}, {@code n} or {@code "text"}; empty where it is not mentioned,
     * as what depends on something that is off is not.
     *
     * @param name without {@code CONFIG_}
     */
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** How many options it mentions. */
    public int size() {
        return values.size();
    }
}
