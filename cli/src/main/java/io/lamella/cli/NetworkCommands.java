package io.lamella.cli;

import io.lamella.model.Cidr;
import io.lamella.model.Network;
import io.lamella.model.NetworkSpec;
import io.lamella.model.Port;
import java.util.List;
import java.util.Optional;

/** The commands over networks. */
final class NetworkCommands {
    private NetworkCommands() {}

    static int create(Invocation in) {
        Place place = Place.fresh(in, in.operand(0));
        NetworkSpec spec = new NetworkSpec(
                place.name(),
                in.options("subnet").stream().map(s -> Cidr.parse("subnet", s)).toList());
        return in.print(
                in.api().post(Api.path("slices", place.slice(), "networks"), spec),
                answer -> table(List.of(Api.read(Network.class, answer))));
    }

    static int list(Invocation in) {
        Optional<String> slice = in.flag("all-slices") ? Optional.empty() : in.slice();
        String path = slice.map(s -> Api.path("slices", s, "networks")).orElse("/networks");
        return in.print(in.api().get(path), answer -> table(Api.readList(Network.class, answer)));
    }

    static int show(Invocation in) {
        Place place = Place.network(in, in.operand(0));
        return in.print(in.api().get(place.networkPath()), answer -> {
            List<Port> ports = in.api().list(Port.class, place.networkPath("ports"));
            return details(Api.read(Network.class, answer), ports);
        });
    }

    static int delete(Invocation in) {
        for (String word : in.operands()) {
            Place place = Place.network(in, word);
            in.api().delete(place.networkPath());
            in.done("network " + place + " deleted");
        }
        return 0;
    }

    private static String subnets(Network n) {
        return String.join(", ", n.spec().subnets().stream().map(Cidr::toString).toList());
    }

    private static String table(List<Network> networks) {
        Table table = Table.of("SLICE", "NAME", "SUBNETS", "SEGMENT");
        networks.forEach(n -> table.row(n.slice(), n.name(), subnets(n), Integer.toString(n.segment())));
        return table.text();
    }

    private static String details(Network n, List<Port> ports) {
        Table head = Table.plain();
        head.row("Name:", n.name());
        head.row("Slice:", n.slice());
        head.row("Subnets:", subnets(n));
        head.row("Segment:", Integer.toString(n.segment()));
        head.row("Created:", n.createdAt().toString());
        if (ports.isEmpty()) {
            return head.text();
        }
        Table table = Table.of("INSTANCE", "DEVICE", "ADDRESS", "MAC", "SWITCH PORT");
        for (Port p : ports) {
            table.row(
                    p.instance(),
                    p.deviceName(),
                    p.address() + "/" + p.prefix(),
                    p.mac().toString(),
                    Integer.toString(p.switchPort()));
        }
        return head.text() + "\n" + table.text();
    }
}
