package io.lamella.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** One run of the command within the test's process, without terminals. */
record Run(int code, String out, String err) {
    static Run of(Map<String, String> variables, String input, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Environment environment = new Environment(
                variables,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false);
        int code = Main.run(environment, words);
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static Run against(ScriptedPeer peer, String... words) {
        return of(variables(peer), "", words);
    }

    static Map<String, String> variables(ScriptedPeer peer) {
        return new LinkedHashMap<>(Map.of("LAMELLA_SOCKET", peer.socket.toString()));
    }
}
