package io.lamella.cli;

import java.util.List;

/** The manual page as roff (man(7)), made from the commands' description. */
final class ManPage {
    private ManPage() {}

    static int run(Invocation in) {
        in.out().print(text(Commands.tree()));
        return 0;
    }

    static String text(Command root) {
        StringBuilder s = new StringBuilder(".TH LAMELLA 1 \"\" \"lamella ")
                .append(Version.NUMBER)
                .append("\" \"User Commands\"\n");
        s.append(".SH NAME\nlamella \\- ")
                .append(roff(decapitalized(root.summary())))
                .append('\n');
        s.append(".SH SYNOPSIS\n.B lamella\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...\n");
        s.append(".SH COMMANDS\n");
        commands(s, root);
        s.append(".SH OPTIONS OF EVERY COMMAND\n");
        options(s, Commands.GLOBAL);
        s.append("""
                .SH EXIT STATUS
                .TP
                0
                It was done.
                .TP
                1
                The operation failed; standard error says why in one sentence.
                .TP
                2
                The command line is wrong, or the daemon refused the request as invalid.
                .PP
                .B lamella exec
                ends with the exit code of the command that it ran.
                .SH ENVIRONMENT
                .TP
                .B LAMELLA_SOCKET
                The socket of the daemon.
                .TP
                .BR LAMELLA_HOST ", " LAMELLA_TOKEN_FILE ", " LAMELLA_CA
                A remote daemon, as with \\-\\-host, \\-\\-token\\-file and \\-\\-ca.
                .TP
                .B LAMELLA_SLICE
                The slice that is meant where the command line names none.
                .TP
                .B NO_COLOR
                Where it is set, nothing is coloured.
                """);
        return s.toString();
    }

    private static void commands(StringBuilder s, Command group) {
        for (Command c : group.visibleCommands()) {
            if (c.group()) {
                commands(s, c);
                continue;
            }
            s.append(".SS ").append(roff(Usage.line(c))).append('\n');
            s.append(roff(c.summary())).append(".\n");
            options(s, c.options());
            if (!c.example().isEmpty()) {
                s.append(".PP\nExample:\n.RS\n.B ").append(roff(c.example())).append("\n.RE\n");
            }
        }
    }

    private static void options(StringBuilder s, List<Option> options) {
        for (Option o : options) {
            s.append(".TP\n.B ").append(roff(o.usage().strip())).append('\n');
            s.append(roff(Usage.description(o))).append('\n');
        }
    }

    private static String decapitalized(String text) {
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
