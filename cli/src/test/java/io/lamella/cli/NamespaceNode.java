package io.lamella.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Plays a node for the demo's proofs with real packets: "instances" are network namespaces, the API's exec runs
 * commands in them, and a bridge of Linux in a namespace of its own is the switch of each slice, or of all of them.
 */
final class NamespaceNode implements AutoCloseable {
    final Path socket;

    private final String prefix = "lamcli" + Long.toString(System.nanoTime() & 0xffffff, 36);
    private final List<String> namespaces = new ArrayList<>();
    private final ServerSocketChannel server;

    /**
     * @param addresses each instance's address by {@code slice/name}
     * @param oneSwitch whether all slices share one bridge: a node that leaks
     */
    NamespaceNode(Path directory, Map<String, String> addresses, boolean oneSwitch) throws Exception {
        socket = directory.resolve("node.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(this::serve);
        int index = 0;
        for (Map.Entry<String, String> e : addresses.entrySet()) {
            String slice = e.getKey().substring(0, e.getKey().indexOf('/'));
            String bridge = bridge(oneSwitch ? "all" : slice);
            String port = "p" + index++;
            String name = namespace(e.getKey());
            add(name);
            ip("link", "add", port, "netns", bridge, "type", "veth", "peer", "name", "eth0", "netns", name);
            ip("-n", bridge, "link", "set", port, "master", "br0", "up");
            ip("-n", name, "addr", "add", e.getValue() + "/24", "brd", "+", "dev", "eth0");
            run("ip", "netns", "exec", name, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true");
            ip("-n", name, "link", "set", "eth0", "up");
        }
    }

    private String bridge(String slice) throws Exception {
        String name = namespace("switch/" + slice);
        if (!namespaces.contains(name)) {
            add(name);
            ip("-n", name, "link", "add", "br0", "type", "bridge");
            run("ip", "netns", "exec", name, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true");
            ip("-n", name, "link", "set", "br0", "up");
        }
        return name;
    }

    private String namespace(String place) {
        return prefix + "-" + place.replace('/', '-');
    }

    private void add(String name) throws Exception {
        ip("netns", "add", name);
        namespaces.add(name);
    }

    private static void ip(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        run(command);
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread.ofPlatform().daemon().start(() -> session(channel));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void session(SocketChannel channel) {
        try (channel) {
            InputStream in = Channels.newInputStream(channel);
            String request = HttpHead.line(in);
            String key = "";
            for (String line = HttpHead.line(in); !line.isEmpty(); line = HttpHead.line(in)) {
                key = line.startsWith("Sec-WebSocket-Key: ") ? line.substring(19) : key;
            }
            ScriptedPeer.write(
                    channel,
                    ("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " + WebSocket.accept(key) + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            Process process = new ProcessBuilder(command(request))
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            for (int i = 0; i < out.length(); i += 60_000) {
                ScriptedPeer.write(
                        channel, ServerSide.message(1, out.substring(i, Math.min(out.length(), i + 60_000))));
            }
            ScriptedPeer.write(channel, ServerSide.message(3, "{\"exit\":" + code + "}"));
            while (ServerSide.receive(in).length > 0) {
                // until the client closes
            }
        } catch (IOException e) {
            // the client has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> command(String request) {
        String target = request.split(" ", -1)[1];
        String[] path = target.substring(0, target.indexOf('?')).split("/", -1);
        String name = path[5];
        List<String> command = new ArrayList<>(List.of(
                "ip",
                "netns",
                "exec",
                namespace(path[3] + "/" + name),
                "unshare",
                "-u",
                "busybox",
                "sh",
                "-c",
                "busybox hostname " + name + "; exec \"$@\"",
                "sh"));
        boolean first = true;
        for (String parameter : target.substring(target.indexOf('?') + 1).split("&", -1)) {
            String word = URLDecoder.decode(parameter.substring(8), StandardCharsets.UTF_8);
            if (first && !word.equals("bash")) {
                command.add("busybox"); // what the small image has, whatever this machine has
            }
            first = false;
            command.add(word);
        }
        return command;
    }

    @Override
    public void close() throws Exception {
        server.close();
        for (String name : namespaces) {
            run("ip", "netns", "del", name);
        }
    }
}
