package io.lamella.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The command within this process: a lab's machine takes ten seconds to start another one. */
public final class InProcess {
    private InProcess() {}

    public record Outcome(int exit, String out, String err) {}

    public static Outcome run(Path socket, String... words) {
        return run(socket, InputStream.nullInputStream(), words);
    }

    /** With a standard input, which is no terminal. */
    public static Outcome run(Path socket, InputStream input, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Main.run(
                new Environment(
                        Map.of("LAMELLA_SOCKET", socket.toString()),
                        input,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        false,
                        false),
                words);
        return new Outcome(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
