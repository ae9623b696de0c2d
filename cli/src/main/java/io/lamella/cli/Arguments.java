package io.lamella.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A command line after parsing: the command, its options' values and its operands. */
final class Arguments {
    private static final int MAX_NAME_SHOWN = 60;

    private final Command command;
    private final Map<String, List<String>> options = new HashMap<>();
    private final List<String> operands = new ArrayList<>();

    private Arguments(Command command) {
        this.command = command;
    }

    /** Finds the command and reads its options and operands; refuses what the description does not know. */
    static Arguments parse(Command root, List<Option> global, String... words) {
        Command command = root;
        int next = 0;
        List<String> leading = new ArrayList<>();
        while (command.group() && next < words.length) {
            String word = words[next];
            if (word.startsWith("-") && word.length() > 1) {
                Option option = option(command, global, word);
                leading.add(word);
                next++;
                if (option.takesValue() && word.indexOf('=') < 0 && !attached(word) && next < words.length) {
                    leading.add(words[next++]);
                }
                continue;
            }
            command = child(command, word);
            next++;
        }
        Arguments arguments = new Arguments(command);
        arguments.read(global, leading.toArray(new String[0]), 0);
        arguments.read(global, words, next);
        if (!arguments.flag("help")) {
            arguments.checkOperands();
        }
        return arguments;
    }

    private static boolean attached(String word) {
        return !word.startsWith("--") && word.length() > 2;
    }

    private static Command child(Command group, String word) {
        List<String> known = new ArrayList<>();
        for (Command c : group.commands()) {
            if (c.name().equals(word)) {
                return c;
            }
            known.add(c.name());
        }
        throw Failure.wrongUse("there is no command \"" + group.path() + " " + shown(word) + "\""
                + Suggestion.among(word, known) + "; \"" + group.path() + " --help\" lists them");
    }

    private void read(List<Option> global, String[] words, int from) {
        int i = from;
        while (i < words.length) {
            String word = words[i++];
            if (word.equals("--")) {
                operands.addAll(List.of(words).subList(i, words.length));
                return;
            }
            if (!word.startsWith("-") || word.length() == 1) {
                operands.add(word);
                if (command.verbatim() && operands.size() > 1) {
                    operands.addAll(List.of(words).subList(i, words.length));
                    return;
                }
                continue;
            }
            i = readOption(global, word, words, i);
        }
    }

    private int readOption(List<Option> global, String word, String[] words, int from) {
        int i = from;
        Option option = option(command, global, word);
        boolean isLong = word.startsWith("--");
        int equals = isLong ? word.indexOf('=') : -1;
        if (!option.takesValue()) {
            if (equals >= 0) {
                throw Failure.wrongUse("option --" + option.name() + " takes no value");
            }
            put(option, "true");
            if (attached(word)) {
                return readOption(global, "-" + word.substring(2), words, i);
            }
            return i;
        }
        String value;
        if (equals >= 0) {
            value = word.substring(equals + 1);
        } else if (attached(word)) {
            value = word.substring(2);
        } else if (i < words.length) {
            value = words[i++];
        } else {
            throw Failure.wrongUse("option --" + option.name() + " needs a value: " + option.label());
        }
        if (!option.allows(value)) {
            throw Failure.wrongUse("--" + option.name() + " \"" + shown(value) + "\" is not allowed: it must be one of "
                    + option.values().replace(" ", ", "));
        }
        put(option, value);
        return i;
    }

    private void put(Option option, String value) {
        List<String> values = options.computeIfAbsent(option.name(), n -> new ArrayList<>());
        if (!values.isEmpty() && !option.many() && option.takesValue()) {
            throw Failure.wrongUse("option --" + option.name() + " is given twice");
        }
        values.add(value);
    }

    private static Option option(Command command, List<Option> global, String word) {
        boolean isLong = word.startsWith("--");
        int equals = word.indexOf('=');
        String name = !isLong ? "" : word.substring(2, equals < 0 ? word.length() : equals);
        List<String> known = new ArrayList<>();
        for (List<Option> list : List.of(command.options(), global)) {
            for (Option o : list) {
                if (isLong ? o.name().equals(name) : o.letter() == word.charAt(1)) {
                    return o;
                }
                known.add("--" + o.name());
            }
        }
        String given = isLong ? "--" + name : word.substring(0, 2);
        throw Failure.wrongUse("\"" + command.path() + "\" has no option " + shown(given)
                + Suggestion.among(given, known) + "; \"" + command.path() + " --help\" lists them");
    }

    private void checkOperands() {
        int least = 0;
        long most = 0;
        for (Operand o : command.operands()) {
            least += o.least();
            most += o.most();
            if (operands.size() < least) {
                throw Failure.wrongUse(o.label() + " is missing: " + Usage.line(command));
            }
        }
        if (operands.size() > most && !command.group()) {
            throw Failure.wrongUse(
                    "\"" + shown(operands.get((int) most)) + "\" is one word too many: " + Usage.line(command));
        }
    }

    private static String shown(String word) {
        return word.length() <= MAX_NAME_SHOWN ? word : word.substring(0, MAX_NAME_SHOWN) + "...";
    }

    Command command() {
        return command;
    }

    Optional<String> option(String name) {
        List<String> values = options.get(name);
        return values == null ? Optional.empty() : Optional.of(values.getLast());
    }

    List<String> options(String name) {
        return options.getOrDefault(name, List.of());
    }

    boolean flag(String name) {
        return options.containsKey(name);
    }

    List<String> operands() {
        return operands;
    }
}
