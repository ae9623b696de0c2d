package io.lamella.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A packet: a value for some fields. What it says nothing about may be anything, or not be there at all. */
public final class HeaderPacket {
    private final HeaderCube values;

    HeaderPacket(HeaderCube values) {
        this.values = values;
    }

    /**
     * Reads values such as {@code {"eth_type": "ipv4", "ipv4_src": "10.0.0.1"}}; refuses what is no single value, and
     * fields that a packet cannot have together.
     */
    public static HeaderPacket parse(Map<String, String> values) {
        HeaderMatch match = HeaderMatch.parse("packet", values);
        List<HeaderCube> cubes = match.space().cubes();
        if (cubes.size() != 1) {
            throw Refusal.invalid(
                    "packet", match.contradiction().orElse("the packet's eth_type is missing: its fields need one"));
        }
        HeaderCube cube = cubes.getFirst();
        for (Map.Entry<String, String> e : values.entrySet()) {
            HeaderField field = HeaderField.named(e.getKey()).orElseThrow();
            HeaderSet set = cube.set(field);
            if (!set.equals(set.one(field))) {
                throw Refusal.invalid("packet." + e.getKey(), e.getValue(), "one value");
            }
        }
        return new HeaderPacket(cube);
    }

    HeaderCube cube() {
        return values;
    }

    /** The values by their fields' names, in the fields' order. */
    public Map<String, String> values() {
        Map<String, String> map = new LinkedHashMap<>();
        for (HeaderField f : values.limited()) {
            map.put(f.word(), HeaderText.text(f, values.set(f)));
        }
        return map;
    }

    @Override
    public String toString() {
        return values().toString();
    }
}
