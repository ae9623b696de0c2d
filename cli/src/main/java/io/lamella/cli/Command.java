package io.lamella.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A command or a group of commands. The command line, the help, the manual page and the completion scripts all come
 * from this one description.
 */
final class Command {
    /** What a command does; returns the exit code. */
    @FunctionalInterface
    interface Action {
        int run(Invocation invocation) throws Exception;
    }

    private final String name;
    private final String path;
    private final String summary;
    private final List<Option> options = new ArrayList<>();
    private final List<Operand> operands = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private String example = "";
    private boolean hidden;
    private boolean verbatim;
    private Action action = Command::help;

    private Command(String name, String path, String summary) {
        this.name = name;
        this.path = path;
        this.summary = summary;
    }

    static Command root(String name, String summary) {
        return new Command(name, name, summary);
    }

    /** Adds a command below this one and returns the new one. */
    Command command(String word, String what) {
        Command child = new Command(word, path + " " + word, what);
        commands.add(child);
        return child;
    }

    Command option(Option option) {
        options.add(option);
        return this;
    }

    Command operand(Operand operand) {
        operands.add(operand);
        return this;
    }

    Command example(String line) {
        example = line;
        return this;
    }

    /** Leaves it out of help, manual and completion. */
    Command hide() {
        hidden = true;
        return this;
    }

    /** From the second operand on every word is an operand, also where it looks like an option. */
    Command verbatimAfterFirst() {
        verbatim = true;
        return this;
    }

    Command does(Action what) {
        action = what;
        return this;
    }

    private static int help(Invocation invocation) {
        invocation.out().print(Usage.of(invocation.command()));
        return 0;
    }

    String name() {
        return name;
    }

    /** All the words that lead to it, such as {@code lamella slice create}. */
    String path() {
        return path;
    }

    String summary() {
        return summary;
    }

    List<Option> options() {
        return options;
    }

    List<Operand> operands() {
        return operands;
    }

    List<Command> commands() {
        return commands;
    }

    /** The commands that are not hidden. */
    List<Command> visibleCommands() {
        return commands.stream().filter(c -> !c.hidden).toList();
    }

    String example() {
        return example;
    }

    boolean verbatim() {
        return verbatim;
    }

    boolean group() {
        return !commands.isEmpty();
    }

    int run(Invocation invocation) throws Exception {
        return action.run(invocation);
    }
}
