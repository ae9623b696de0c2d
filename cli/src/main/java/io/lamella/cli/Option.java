package io.lamella.cli;

/**
 * An option of a command.
 *
 * @param name the long name without the dashes
 * @param letter the short form, or 0 where there is none
 * @param label what its value is called in the help; empty: it is a switch and takes no value
 * @param values what it may be completed with: words separated by spaces, {@code file}, or empty
 * @param many whether it may be given more than once
 */
record Option(String name, char letter, String label, String description, String values, boolean many) {
    static final char NO_LETTER = 0;

    static Option flag(String name, String description) {
        return new Option(name, NO_LETTER, "", description, "", false);
    }

    static Option flag(String name, char letter, String description) {
        return new Option(name, letter, "", description, "", false);
    }

    static Option value(String name, String label, String description) {
        return new Option(name, NO_LETTER, label, description, "", false);
    }

    static Option value(String name, char letter, String label, String description) {
        return new Option(name, letter, label, description, "", false);
    }

    Option repeatable() {
        return new Option(name, letter, label, description, values, true);
    }

    /** One of these words; anything else is refused before the daemon is asked. */
    Option oneOf(String words) {
        return new Option(name, letter, label, description, words, many);
    }

    boolean takesValue() {
        return !label.isEmpty();
    }

    /** As it is written on the command line, such as {@code -s, --slice NAME}. */
    String usage() {
        String text = letter == NO_LETTER ? "    --" + name : "-" + letter + ", --" + name;
        return takesValue() ? text + " " + label : text;
    }

    boolean allows(String value) {
        return values.isEmpty() || (" " + values + " ").contains(" " + value + " ");
    }
}
