package io.lamella.cli;

import io.lamella.model.Image;
import io.lamella.model.InstanceView;
import io.lamella.model.Network;
import io.lamella.model.SliceView;
import java.util.ArrayList;
import java.util.List;

/** Completion scripts, made from the commands' description. Names on the node are asked for while completing. */
final class Completion {
    private static final List<String> KINDS = List.of("instance", "slice", "network", "image");

    private Completion() {}

    static int run(Invocation in) {
        Command root = Commands.tree();
        in.out()
                .print(
                        switch (in.operand(0)) {
                            case "bash" -> bash(root);
                            case "zsh" ->
                                "#compdef lamella\nautoload -U +X bashcompinit && bashcompinit\n" + bash(root);
                            case "fish" -> fish(root);
                            default ->
                                throw Failure.wrongUse(
                                        "SHELL \"" + in.operand(0) + "\" is not allowed: it must be bash, zsh or fish");
                        });
        return 0;
    }

    /** Prints the names of a kind, one a line; nothing where the daemon does not answer. */
    static int names(Invocation in) {
        List<String> names = switch (in.operand(0)) {
            case "instance" ->
                in.api().list(InstanceView.class, "/instances").stream()
                        .flatMap(i -> List.of(i.name(), i.slice() + "/" + i.name()).stream())
                        .toList();
            case "network" ->
                in.api().list(Network.class, "/networks").stream()
                        .flatMap(n -> List.of(n.name(), n.key()).stream())
                        .toList();
            case "slice" ->
                in.api().list(SliceView.class, "/slices").stream()
                        .map(SliceView::name)
                        .toList();
            case "image" ->
                in.api().list(Image.class, "/images").stream().map(Image::name).toList();
            default -> throw Failure.wrongUse("KIND must be one of " + String.join(", ", KINDS));
        };
        names.stream().distinct().sorted().forEach(in.out()::println);
        return 0;
    }

    private static List<Command> leaves(Command command) {
        List<Command> leaves = new ArrayList<>();
        for (Command c : command.visibleCommands()) {
            leaves.addAll(c.group() ? leaves(c) : List.of(c));
        }
        return leaves;
    }

    private static List<Command> groups(Command command) {
        List<Command> groups = new ArrayList<>(List.of(command));
        command.visibleCommands().stream().filter(Command::group).forEach(groups::add);
        return groups;
    }

    private static List<Option> options(Command command) {
        List<Option> all = new ArrayList<>(command.options());
        all.addAll(Commands.GLOBAL);
        return all;
    }

    private static String words(Command command) {
        return String.join(
                " ", command.visibleCommands().stream().map(Command::name).toList());
    }

    private static String bash(Command root) {
        StringBuilder s = new StringBuilder("""
                # Completion of lamella for bash; made by "lamella completion bash".
                _lamella() {
                    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=lamella word i places=0
                    COMPREPLY=()
                    for ((i = 1; i < COMP_CWORD; i++)); do
                        word=${COMP_WORDS[i]}
                        [[ $word == -- ]] && return
                        [[ $word == -* ]] && continue
                        case "$path $word" in
                """);
        for (Command group : groups(root)) {
            for (Command c : group.visibleCommands()) {
                s.append("            '").append(c.path()).append("') path=\"$path $word\" ;;\n");
            }
        }
        s.append("""
                            *) places=$((places + 1)) ;;
                        esac
                    done
                    local words= options= kind=
                    case $path in
                """);
        for (Command group : groups(root)) {
            s.append("        '")
                    .append(group.path())
                    .append("') words='")
                    .append(words(group))
                    .append("' ;;\n");
        }
        for (Command c : leaves(root)) {
            s.append("        '")
                    .append(c.path())
                    .append("') kind='")
                    .append(kind(c))
                    .append("'\n");
            s.append("            options='")
                    .append(String.join(
                            " ", options(c).stream().map(o -> "--" + o.name()).toList()))
                    .append("'\n            case $prev in\n");
            for (Option o : options(c)) {
                if (o.takesValue()) {
                    String letter = o.letter() == Option.NO_LETTER ? "" : "|-" + o.letter();
                    s.append("                --").append(o.name()).append(letter);
                    s.append(") options= kind='").append(valueKind(o)).append("' ;;\n");
                }
            }
            s.append("            esac ;;\n");
        }
        return s.append("""
                    esac
                    [[ $cur == -* || -n $words ]] || options=
                    [[ $cur == -* ]] && kind= words=
                    case $kind in
                        file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
                        instance | slice | network | image) words=$(lamella names "$kind" 2>/dev/null) ;;
                        ?*) words=$kind ;;
                    esac
                    mapfile -t COMPREPLY < <(compgen -W "$words $options" -- "$cur")
                }
                complete -F _lamella lamella
                """).toString();
    }

    private static String kind(Command c) {
        List<String> kinds = c.operands().stream()
                .map(Operand::kind)
                .filter(k -> !k.isEmpty())
                .toList();
        return kinds.isEmpty() ? "" : kinds.getFirst();
    }

    private static String valueKind(Option o) {
        if (!o.values().isEmpty()) {
            return o.values();
        }
        return switch (o.label()) {
            case "FILE", "PATH" -> "file";
            case "SLICE" -> "slice";
            default -> o.name().equals("network") ? "network" : "";
        };
    }

    private static String fish(Command root) {
        StringBuilder s = new StringBuilder("# Completion of lamella for fish; made by \"lamella completion fish\".\n");
        s.append("complete -c lamella -f\n");
        for (Command group : groups(root)) {
            String seen = group == root ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + group.name();
            for (Command c : group.visibleCommands()) {
                s.append("complete -c lamella -n '")
                        .append(seen)
                        .append("' -a ")
                        .append(c.name());
                s.append(" -d '").append(fishQuoted(c.summary())).append("'\n");
            }
        }
        for (Command c : leaves(root)) {
            String[] path = c.path().split(" ");
            StringBuilder seen = new StringBuilder();
            for (int i = 1; i < path.length; i++) {
                seen.append(seen.isEmpty() ? "" : "; and ")
                        .append("__fish_seen_subcommand_from ")
                        .append(path[i]);
            }
            String start = "complete -c lamella -n '" + seen + "' ";
            if (!kind(c).isEmpty()) {
                s.append(start).append(fishValues(kind(c))).append('\n');
            }
            for (Option o : options(c)) {
                s.append(start).append("-l ").append(o.name());
                s.append(o.letter() == Option.NO_LETTER ? "" : " -s " + o.letter());
                s.append(o.takesValue() ? " -r " + fishValues(valueKind(o)) : "");
                s.append(" -d '").append(fishQuoted(o.description())).append("'\n");
            }
        }
        return s.toString();
    }

    private static String fishValues(String kind) {
        if (kind.equals("file")) {
            return "-F";
        }
        return KINDS.contains(kind) ? "-a '(lamella names " + kind + " 2>/dev/null)'" : "-a '" + kind + "'";
    }

    private static String fishQuoted(String text) {
        return text.replace("\\", "\\\\").replace("'", "\\'");
    }
}
