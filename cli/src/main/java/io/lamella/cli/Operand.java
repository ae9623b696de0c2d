package io.lamella.cli;

/**
 * A place for words that are not options.
 *
 * @param kind what it may be completed with: {@code instance}, {@code slice}, {@code network}, {@code image},
 *     {@code file}, words separated by spaces, or empty
 * @param least how many words at least
 * @param most how many words at most
 */
record Operand(String label, String kind, int least, int most) {
    static Operand one(String label, String kind) {
        return new Operand(label, kind, 1, 1);
    }

    static Operand optional(String label, String kind) {
        return new Operand(label, kind, 0, 1);
    }

    static Operand several(String label, String kind) {
        return new Operand(label, kind, 1, Integer.MAX_VALUE);
    }

    String usage() {
        String text = most > 1 ? label + "..." : label;
        return least == 0 ? "[" + text + "]" : text;
    }
}
