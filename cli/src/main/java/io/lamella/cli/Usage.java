package io.lamella.cli;

import java.util.List;

/** The help text of a command. */
final class Usage {
    private Usage() {}

    /** {@code lamella launch [OPTIONS] IMAGE NAME}. */
    static String line(Command command) {
        StringBuilder s = new StringBuilder(command.path());
        if (command.group()) {
            return s.append(" COMMAND").toString();
        }
        if (!command.options().isEmpty()) {
            s.append(" [OPTIONS]");
        }
        for (int i = 0; i < command.operands().size(); i++) {
            s.append(command.verbatim() && i == 1 ? " [--] " : " ")
                    .append(command.operands().get(i).usage());
        }
        return s.toString();
    }

    static String of(Command command) {
        StringBuilder s = new StringBuilder();
        s.append(sentence(command.summary()))
                .append("\n\nUsage: ")
                .append(line(command))
                .append('\n');
        if (command.group()) {
            s.append("\nCommands:\n");
            Table table = Table.plain();
            command.visibleCommands().forEach(c -> table.row("  " + c.name(), c.summary()));
            s.append(table.text());
        }
        options(s, "Options", command.options());
        options(s, "Options of every command", Commands.GLOBAL);
        if (!command.example().isEmpty()) {
            s.append("\nExample:\n  ").append(command.example()).append('\n');
        }
        return s.toString();
    }

    private static void options(StringBuilder s, String title, List<Option> options) {
        if (options.isEmpty()) {
            return;
        }
        s.append('\n').append(title).append(":\n");
        Table table = Table.plain();
        options.forEach(o -> table.row("  " + o.usage(), description(o)));
        s.append(table.text());
    }

    static String description(Option option) {
        return option.values().isEmpty()
                ? option.description()
                : option.description() + " (" + option.values().replace(" ", ", ") + ")";
    }

    private static String sentence(String summary) {
        return summary.endsWith(".") ? summary : summary + ".";
    }
}
