package io.lamella.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** One run of a command: its command line, its surroundings and the API. */
final class Invocation {
    private final Arguments arguments;
    private final Environment environment;

    Invocation(Arguments arguments, Environment environment) {
        this.arguments = arguments;
        this.environment = environment;
    }

    Command command() {
        return arguments.command();
    }

    Environment environment() {
        return environment;
    }

    PrintStream out() {
        return environment.out();
    }

    PrintStream err() {
        return environment.err();
    }

    Api api() {
        return new Api(Endpoint.of(arguments, environment));
    }

    Optional<String> option(String name) {
        return arguments.option(name);
    }

    List<String> options(String name) {
        return arguments.options(name);
    }

    boolean flag(String name) {
        return arguments.flag(name);
    }

    List<String> operands() {
        return arguments.operands();
    }

    String operand(int index) {
        return arguments.operands().get(index);
    }

    /** The slice that the command line or LAMELLA_SLICE names. */
    Optional<String> slice() {
        return option("slice").or(() -> environment.variable("LAMELLA_SLICE"));
    }

    Format format() {
        return Format.of(option("format").orElse("table"));
    }

    /** A whole number of 0 or more. */
    Optional<Integer> number(String option) {
        return option(option).map(text -> wholeNumber("--" + option, text));
    }

    static int wholeNumber(String what, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw Failure.wrongUse(what + " \"" + text + "\" is not allowed: it must be a whole number");
        }
    }

    /**
     * Reads the file that the option {@code file} names; {@code -} is standard input.
     *
     * @param example what such a file may be called
     * @param reader makes the content of the file's name and text
     */
    <T> T file(String example, BiFunction<String, String, T> reader) throws IOException {
        return file("file", example, reader);
    }

    /** The same for another option; its first letter is its short form. */
    <T> T file(String option, String example, BiFunction<String, String, T> reader) throws IOException {
        String file = option(option)
                .orElseThrow(() -> Failure.wrongUse(
                        "which file? Name it with --" + option + ", such as -" + option.charAt(0) + " " + example));
        if (file.equals("-")) {
            byte[] text = environment.in().readAllBytes();
            return reader.apply("standard input", new String(text, StandardCharsets.UTF_8));
        }
        byte[] text;
        try {
            text = Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw Failure.wrongUse("the file \"" + file + "\" cannot be read: " + Endpoint.reason(e));
        }
        return reader.apply(file, new String(text, StandardCharsets.UTF_8));
    }

    /** Prints an answer of the API in the format asked for; the table is made only where it is wanted. */
    int print(String answer, Rendering table) {
        Format format = format();
        out().print(format == Format.TABLE ? table.text(answer) : format.text(answer));
        return 0;
    }

    /** Makes a table from an answer. */
    @FunctionalInterface
    interface Rendering {
        String text(String answer);
    }

    /** Says what was done, on standard error where it is a terminal's reader who wants to know. */
    void done(String sentence) {
        if (format() == Format.TABLE) {
            out().println(sentence);
        }
    }
}
