package io.lamella.model;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The choice of a port's address. The first host address of a subnet is kept for the network's router, as in Neutron.
 */
public final class AddressPlan {
    private AddressPlan() {}

    /** An address and the length of the prefix it came from. */
    public record Assigned(Ipv4 address, int prefix) {}

    /**
     * The address wanted, or the lowest free one.
     *
     * @param taken the addresses of the network's other ports
     */
    public static Assigned assign(NetworkSpec network, Optional<Ipv4> wanted, Collection<Ipv4> taken) {
        return wanted.isPresent() ? wanted(network, wanted.get(), taken) : lowestFree(network, new HashSet<>(taken));
    }

    private static Assigned wanted(NetworkSpec network, Ipv4 address, Collection<Ipv4> taken) {
        List<Cidr> subnets = network.subnets();
        Cidr subnet = subnets.stream()
                .filter(s -> s.contains(address))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid(
                        "address", address, "within " + joined(subnets) + " of network " + network.name()));
        if (address.compareTo(first(subnet)) < 0 || address.compareTo(last(subnet)) > 0) {
            throw Refusal.invalid("address", address, "from " + first(subnet) + " to " + last(subnet));
        }
        if (taken.contains(address)) {
            throw Refusal.conflict(
                    "address", "address \"" + address + "\" of network \"" + network.name() + "\" is taken");
        }
        return new Assigned(address, subnet.prefix());
    }

    private static Assigned lowestFree(NetworkSpec network, Set<Ipv4> taken) {
        for (Cidr subnet : network.subnets()) {
            Ipv4 last = last(subnet);
            for (Ipv4 a = first(subnet); a.compareTo(last) <= 0; a = a.plus(1)) {
                if (!taken.contains(a)) {
                    return new Assigned(a, subnet.prefix());
                }
            }
        }
        throw Refusal.exhausted(
                "network",
                "network \"" + network.name() + "\" has no free address left in " + joined(network.subnets()));
    }

    private static Ipv4 first(Cidr subnet) {
        return subnet.base().plus(2);
    }

    private static Ipv4 last(Cidr subnet) {
        return subnet.broadcast().plus(-1);
    }

    private static String joined(List<Cidr> subnets) {
        return String.join(", ", subnets.stream().map(Cidr::toString).toList());
    }
}
