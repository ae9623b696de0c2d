package io.lamella.backend.lxc;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Session;
import io.lamella.linux.Pty;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ways into a running instance. */
final class Sessions {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME", "/root",
            "USER", "root",
            "container", "lxc");

    private final Tools tools;

    Sessions(Tools tools) {
        this.tools = tools;
    }

    Session exec(Unit unit, ExecRequest request) {
        List<String> command = tools.command("lxc-attach", unit, "--clear-env");
        environment(request).forEach((name, value) -> {
            command.add("--set-var");
            command.add(checked("environment", name + "=" + value));
        });
        command.add("--");
        request.command().forEach(word -> command.add(checked("command", word)));
        if (request.command().isEmpty()) {
            throw Refusal.invalid("command", "command is empty: name a program");
        }
        return request.terminal() ? onTerminal(command, request.columns(), request.rows()) : onPipes(command);
    }

    Session console(Unit unit) {
        return onTerminal(tools.command("lxc-console", unit, "--tty", "0"), 0, 0);
    }

    private static Map<String, String> environment(ExecRequest request) {
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        if (request.terminal()) {
            environment.put("TERM", "xterm");
        }
        request.environment().forEach((name, value) -> {
            if (name.isEmpty() || name.contains("=")) {
                throw Refusal.invalid("environment", name, "a name without \"=\"");
            }
            environment.put(name, value);
        });
        return environment;
    }

    private static String checked(String field, String word) {
        if (word.indexOf('\0') >= 0) {
            throw Refusal.invalid(field, field + " holds a zero byte, which no program can be given");
        }
        return word;
    }

    private static Session onTerminal(List<String> command, int columns, int rows) {
        Pty terminal = Pty.open(columns > 0 ? columns : 80, rows > 0 ? rows : 24);
        try {
            return new LxcSession(terminal.start(command, Map.of()), terminal);
        } catch (IOException e) {
            terminal.close();
            throw unstarted(e);
        }
    }

    private static Session onPipes(List<String> command) {
        try {
            return new LxcSession(new ProcessBuilder(new ArrayList<>(command)).start(), null);
        } catch (IOException e) {
            throw unstarted(e);
        }
    }

    private static Refusal unstarted(IOException e) {
        return Refusal.unavailable("the command cannot be started: " + e.getMessage());
    }
}
