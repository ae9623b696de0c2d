package io.lamella.api;

import io.lamella.model.Names;
import io.lamella.model.Refusal;
import java.util.Map;
import java.util.regex.Pattern;

/** The values that a path gives to its template's variables, each one checked before it is used. */
record PathVariables(Map<String, String> values) {
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{8,64}");
    private static final Pattern OPERATION = Pattern.compile("[A-Za-z0-9-]{1,64}");

    String get(String variable) {
        String value = values.get(variable);
        if (value == null) {
            throw new IllegalArgumentException("the route has no variable " + variable);
        }
        return value;
    }

    PathVariables checked() {
        values.forEach(PathVariables::check);
        return this;
    }

    private static void check(String variable, String value) {
        switch (variable) {
            case "image" -> {
                if (!DIGEST.matcher(value).matches()) {
                    Names.checkImage(variable, value);
                }
            }
            case "operation" -> {
                if (!OPERATION.matcher(value).matches()) {
                    throw Refusal.invalid(variable, value, "an operation's id");
                }
            }
            default -> Names.check(variable, value);
        }
    }
}
