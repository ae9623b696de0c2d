package io.lamella.backend.xen;

import io.lamella.compute.Session;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A guest as its own kernel sees it.
 *
 * @param addresses its IPv4 addresses, loopback left out
 */
record Guest(List<String> addresses, int processes) {
    static final Guest SILENT = new Guest(List.of(), 0);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String WORDS = "ip -o -4 address; set -- /proc/[0-9]*; echo \"processes $#\"";
    private static final Pattern ADDRESS = Pattern.compile(" inet (\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3})/");
    private static final Pattern PROCESSES = Pattern.compile("(?m)^processes (\\d{1,7})$");

    /** Asks the agent; silent where it does not answer. */
    static Guest of(Machine machine) {
        try (Session session = machine.own("sh -c '" + WORDS + "'")) {
            Thread guard = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(PATIENCE);
                    session.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            String text = new String(session.output().readAllBytes(), StandardCharsets.UTF_8);
            guard.interrupt();
            return parse(text);
        } catch (IOException | Refusal e) {
            return SILENT;
        }
    }

    static Guest parse(String text) {
        List<String> addresses = ADDRESS.matcher(text)
                .results()
                .map((MatchResult m) -> m.group(1))
                .filter(address -> !address.startsWith("127."))
                .toList();
        Matcher processes = PROCESSES.matcher(text);
        return new Guest(addresses, processes.find() ? Integer.parseInt(processes.group(1)) : 0);
    }
}
