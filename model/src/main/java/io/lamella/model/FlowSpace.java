package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who gets which packets: the content of a {@code flowspace.yaml}.
 *
 * @param listen where the proxy waits for switches, such as {@code tcp:0.0.0.0:6653}; only {@code serve} needs it
 * @param datapaths names that matches may use instead of ids; switches without a name may be used too
 */
@Json
public record FlowSpace(List<String> listen, List<FlowSpaceDatapath> datapaths, List<FlowSpaceSlice> slices) {
    public FlowSpace {
        listen = Given.list(listen);
        listen.forEach(l -> FlowSpaceEndpoint.parse("listen", l));
        datapaths = Given.list(datapaths);
        slices = Given.list(slices);
        Set<String> seen = new HashSet<>();
        for (FlowSpaceDatapath d : datapaths) {
            if (!seen.add(d.name()) | !seen.add(d.id())) {
                throw Refusal.invalid("datapaths", "two datapaths have the name or the id of \"" + d.name() + "\"");
            }
        }
        seen.clear();
        Map<String, String> ids = ids(datapaths);
        for (int s = 0; s < slices.size(); s++) {
            FlowSpaceSlice slice = slices.get(s);
            if (!seen.add(slice.name())) {
                throw Refusal.invalid("slices", "there are two slices of the name \"" + slice.name() + "\"");
            }
            for (int r = 0; r < slice.rules().size(); r++) {
                String datapath = slice.rules().get(r).match().get(HeaderField.DATAPATH.word());
                if (datapath != null) {
                    HeaderText.parse(
                            "slices[" + s + "].rules[" + r + "].match." + HeaderField.DATAPATH.word(),
                            HeaderField.DATAPATH,
                            ids.getOrDefault(datapath, datapath));
                }
            }
        }
    }

    private static Map<String, String> ids(List<FlowSpaceDatapath> datapaths) {
        Map<String, String> ids = new HashMap<>();
        datapaths.forEach(d -> ids.put(d.name(), d.id()));
        return ids;
    }

    /** What each rule of each slice matches, in the order of the file. */
    List<List<HeaderMatch>> matches() {
        Map<String, String> ids = ids(datapaths);
        return slices.stream()
                .map(s -> s.rules().stream().map(r -> match(r, ids)).toList())
                .toList();
    }

    private static HeaderMatch match(FlowSpaceRule rule, Map<String, String> ids) {
        Map<String, String> match = new LinkedHashMap<>(rule.match());
        match.computeIfPresent(HeaderField.DATAPATH.word(), (field, text) -> ids.getOrDefault(text, text));
        return HeaderMatch.parse("match", match);
    }
}
