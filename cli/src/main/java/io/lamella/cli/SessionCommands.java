package io.lamella.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The commands that connect this terminal, or these streams, with what runs in an instance. */
final class SessionCommands {
    private SessionCommands() {}

    static int exec(Invocation in) throws IOException {
        if (in.flag("terminal") && in.flag("no-terminal")) {
            throw Failure.wrongUse("--terminal and --no-terminal exclude each other");
        }
        Environment env = in.environment();
        boolean terminal =
                in.flag("terminal") || (!in.flag("no-terminal") && env.inIsTerminal() && env.outIsTerminal());
        Place place = Place.instance(in, in.operand(0));
        List<String> query = new ArrayList<>();
        in.operands().stream().skip(1).forEach(word -> query.add(Api.query("command", word)));
        List<String> variables = new ArrayList<>(in.options("env"));
        if (terminal && variables.stream().noneMatch(v -> v.startsWith("TERM="))) {
            env.variable("TERM").ifPresent(t -> variables.add("TERM=" + t));
        }
        variables.forEach(v -> query.add(Api.query("env", v)));
        if (terminal) {
            RawTerminal.Size size = env.inIsTerminal() ? RawTerminal.size() : new RawTerminal.Size(80, 24);
            query.add("terminal=true&columns=" + size.columns() + "&rows=" + size.rows());
        }
        String path = place.instancePath("exec") + "?" + String.join("&", query);
        return run(in, path, terminal, (bytes, length) -> length).orElse(0);
    }

    static int console(Invocation in) throws IOException {
        Place place = Place.instance(in, in.operand(0));
        boolean terminal = in.environment().inIsTerminal();
        if (terminal) {
            in.err().println("To leave the console, press Ctrl-A q.");
            in.err().flush();
        }
        Optional<Integer> code =
                run(in, place.instancePath("console"), true, terminal ? new Detach() : (bytes, length) -> length);
        return code.orElse(0);
    }

    private static Optional<Integer> run(Invocation in, String path, boolean terminal, RemoteSession.Filter filter)
            throws IOException {
        Environment env = in.environment();
        try (RemoteSession session = new RemoteSession(in.api().webSocket(path))) {
            if (!terminal || !env.inIsTerminal()) {
                session.forward(env.in(), filter);
                return session.await(env.out(), env.err());
            }
            try (RawTerminal _ = RawTerminal.enter()) {
                RawTerminal.onResize(session::resize);
                RawTerminal.Size size = RawTerminal.size();
                session.resize(size.columns(), size.rows());
                session.forward(env.in(), filter);
                return session.await(env.out(), env.err());
            } finally {
                env.out().flush();
            }
        } catch (IOException e) {
            throw Api.broken(e);
        }
    }
}
