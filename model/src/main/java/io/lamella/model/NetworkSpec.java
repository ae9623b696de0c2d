package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What a network is asked to be: one isolated Ethernet segment within a slice.
 *
 * @param subnets the prefixes that its ports get addresses from, at least one, none overlapping another. Different
 *     networks may use the same prefixes.
 */
@Json
public record NetworkSpec(String name, List<Cidr> subnets) {
    public NetworkSpec {
        name = Names.check("name", Given.required("name", name));
        subnets = Given.list(subnets);
        if (subnets.isEmpty()) {
            throw Refusal.invalid("subnets", "subnets is empty: a network needs at least one, such as 10.0.0.0/24");
        }
        for (int i = 0; i < subnets.size(); i++) {
            Cidr subnet = subnets.get(i);
            if (subnet.prefix() < 8 || subnet.prefix() > 30) {
                throw Refusal.invalid("subnets", subnet, "a prefix of 8 to 30 bits");
            }
            for (Cidr other : subnets.subList(0, i)) {
                if (other.overlaps(subnet)) {
                    throw Refusal.invalid("subnets", "subnets " + other + " and " + subnet + " of one network overlap");
                }
            }
        }
    }
}
