package io.lamella.network;

import io.lamella.model.Ipv4;
import io.lamella.model.MacAddress;
import io.lamella.model.Port;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** A network namespace in an instance's place, with a port's guest device as its eth0. */
final class Guest implements AutoCloseable {
    private static final String SENDER = """
            import socket, sys
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.bind(('eth0', 0))
            for frame in sys.argv[1:]:
                s.send(bytes.fromhex(frame))
            """;

    final Port port;
    private final String namespace;

    Guest(String name, int segment, int switchPort, String address) throws Exception {
        UUID id = UUID.randomUUID();
        port = new Port(
                id,
                "slice" + segment,
                "net",
                name,
                0,
                MacAddress.derivedFrom(id),
                Ipv4.parse("address", address),
                24,
                segment,
                switchPort);
        namespace = "lamt" + id.toString().substring(0, 8);
        ip("netns", "add", namespace);
    }

    /** What a backend does with the prepared device. */
    void boot() throws Exception {
        ip("link", "set", port.guestDevice(), "netns", namespace, "name", "eth0");
        in("ip", "address", "add", port.address() + "/" + port.prefix(), "dev", "eth0");
        in("ip", "link", "set", "eth0", "up");
    }

    private static void ip(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("ip"));
        line.addAll(List.of(arguments));
        String output = Switches.run(line.toArray(String[]::new));
        if (!output.isEmpty()) {
            throw new IllegalStateException(line + ": " + output);
        }
    }

    String in(String... command) throws Exception {
        return Switches.run(command(command).toArray(String[]::new));
    }

    /** A command line that runs {@code command} in this guest. */
    List<String> command(String... command) {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        line.addAll(List.of(command));
        return line;
    }

    boolean reaches(Guest other) throws Exception {
        return in("ping", "-c", "1", "-W", "2", other.port.address().toString()).contains(" 1 received");
    }

    /** The MAC address that this guest has learned for an IP address. */
    String neighbour(Guest other) throws Exception {
        return in("ip", "neighbour", "show", other.port.address().toString());
    }

    long received() throws Exception {
        return Long.parseLong(in("cat", "/sys/class/net/eth0/statistics/rx_packets"));
    }

    /** Forgets what it learned, so that the next packet needs ARP. */
    void forget() throws Exception {
        in("ip", "neighbour", "flush", "all");
    }

    /** Sends raw frames, each as hexadecimal digits. */
    void send(List<String> frames) throws Exception {
        List<String> line = new ArrayList<>(List.of("python3", "-c", SENDER));
        line.addAll(frames);
        String output = in(line.toArray(String[]::new));
        if (!output.isEmpty()) {
            throw new IllegalStateException(output);
        }
    }

    String mac() {
        return port.mac().toString().replace(":", "");
    }

    String address() {
        return HexFormat.of().toHexDigits(port.address().bits());
    }

    @Override
    public void close() throws Exception {
        Switches.run("ip", "netns", "delete", namespace);
    }
}
