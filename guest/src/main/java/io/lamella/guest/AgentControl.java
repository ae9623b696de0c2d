package io.lamella.guest;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.model.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The node's side of the agent's control channel (see {@code agent.sh}). Any thread may send; one reads.
 */
public final class AgentControl implements AutoCloseable {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME", "/root", "USER", "root");

    private static final int LONGEST_LINE = 4096;

    private final ByteChannel channel;
    private final BufferedReader lines;

    public AgentControl(ByteChannel channel) {
        this.channel = channel;
        this.lines = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8), LONGEST_LINE);
    }

    /**
     * Waits until the image's init has taken over. Refuses with the guest's own words where its first program failed.
     *
     * @throws IOException where the channel ended before that
     */
    public void awaitReady() throws IOException {
        while (true) {
            String line = read();
            if (line.equals("ready")) {
                return;
            }
            if (line.startsWith("failed ")) {
                throw Refusal.conflict(
                        "instance", line.substring("failed ".length()).replaceAll("\\p{Cc}", "?"));
            }
        }
    }

    private String read() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = lines.read(); c != '\n'; c = lines.read()) {
            if (c < 0) {
                throw new IOException("the agent's channel ended");
            }
            if (line.length() == LONGEST_LINE) {
                throw new IOException("the agent sends a line without end");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** Starts a command whose channels exist and carry {@code id} in their names. */
    public void run(String id, ExecRequest request) throws IOException {
        String verb = request.terminal() ? "terminal" : "run";
        String script = Base64.getEncoder().encodeToString(script(request).getBytes(StandardCharsets.UTF_8));
        send(verb + " " + id + " " + script);
    }

    /** Starts a program of the agent's own, outside of the image's file system. */
    public void runOwn(String id, String words) throws IOException {
        send("run " + id + " " + Base64.getEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8)));
    }

    public void kill(String id) throws IOException {
        send("kill " + id);
    }

    /** Asks the image's init to power the machine off. */
    public void halt() throws IOException {
        send("halt");
    }

    private synchronized void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Words for the agent's shell that become the command: within the file system of the guest's first process. */
    static String script(ExecRequest request) {
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
        return "env -i "
                + new TreeMap<>(environment)
                        .entrySet().stream()
                                .map(e -> quoted("environment", e.getKey() + "=" + e.getValue()))
                                .collect(Collectors.joining(" "))
                + " /bin/chroot /proc/1/root "
                + request.command().stream().map(w -> quoted("command", w)).collect(Collectors.joining(" "))
                + "\n";
    }

    private static String quoted(String field, String word) {
        if (word.indexOf('\0') >= 0) {
            throw Refusal.invalid(field, field + " holds a zero byte, which no program can be given");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            return; // it is gone either way
        }
    }
}
