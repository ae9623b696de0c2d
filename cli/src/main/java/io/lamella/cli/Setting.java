package io.lamella.cli;

import java.util.ArrayList;
import java.util.List;

/** A {@code key=value} of a {@code set} command. */
record Setting(String key, String value) {
    /** The settings that follow the first operand. */
    static List<Setting> of(List<String> operands) {
        List<Setting> settings = new ArrayList<>();
        for (String word : operands.subList(1, operands.size())) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw Failure.wrongUse("\"" + word + "\" is not allowed: it must be KEY=VALUE, such as memory=256M");
            }
            settings.add(new Setting(word.substring(0, equals), word.substring(equals + 1)));
        }
        return settings;
    }

    int number() {
        return Invocation.wholeNumber(key, value);
    }

    boolean truth() {
        return switch (value) {
            case "true", "on", "yes" -> true;
            case "false", "off", "no" -> false;
            default -> throw Failure.wrongUse(key + " \"" + value + "\" is not allowed: it must be true or false");
        };
    }

    Failure unknown(List<String> known) {
        return Failure.wrongUse("there is no setting \"" + key + "\"" + Suggestion.among(key, known) + ": allowed are "
                + String.join(", ", known));
    }
}
