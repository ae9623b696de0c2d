package io.lamella.flowspace;

import io.lamella.model.HeaderField;
import io.lamella.model.HeaderSpace;
import io.lamella.model.HeaderTerm;
import io.lamella.openflow.Match;
import io.lamella.openflow.OpenFlow10;
import io.lamella.openflow.Oxm;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Matches of OpenFlow as sets of packets, and back. */
final class Conditions {
    /** What a match may say besides packets' headers: it only narrows, and stays as it is. */
    private static final Set<OxmField> EXTRAS = EnumSet.of(OxmField.METADATA, OxmField.IPV6_EXTHDR);

    /** Section A.2.3.7, and transport ports, for which switches commonly take masks too. */
    private static final Set<HeaderField> MASKABLE = EnumSet.of(
            HeaderField.VLAN_VID,
            HeaderField.TUNNEL_ID,
            HeaderField.PBB_ISID,
            HeaderField.IPV6_FLABEL,
            HeaderField.TCP_SRC,
            HeaderField.TCP_DST,
            HeaderField.UDP_SRC,
            HeaderField.UDP_DST,
            HeaderField.SCTP_SRC,
            HeaderField.SCTP_DST);

    /** What other fields depend on cannot be changed without them. */
    private static final Set<HeaderField> UNWRITABLE =
            EnumSet.of(HeaderField.IN_PORT, HeaderField.ETH_TYPE, HeaderField.IP_PROTO, HeaderField.ICMPV6_TYPE);

    private static final Map<HeaderField, OxmField> OXM = new EnumMap<>(HeaderField.class);
    private static final Map<OxmField, HeaderField> HEADER = new EnumMap<>(OxmField.class);

    static {
        for (HeaderField f : HeaderField.values()) {
            if (f != HeaderField.DATAPATH) {
                OxmField oxm = OxmField.valueOf(f.name());
                OXM.put(f, oxm);
                HEADER.put(oxm, f);
            }
        }
    }

    private Conditions() {}

    /**
     * The packets that match; what the match says about {@link #EXTRAS} is passed over.
     *
     * @throws Refused where no switch takes such a match
     */
    static HeaderSpace space(Match match) {
        List<HeaderTerm> terms = new ArrayList<>();
        for (Oxm oxm : match.fields()) {
            if (!(oxm instanceof Oxm.Field f)) {
                throw new Refused(Fault.MATCH_BAD_FIELD);
            }
            if (!EXTRAS.contains(f.field())) {
                terms.add(term(f));
            }
        }
        return HeaderSpace.matching(terms).orElseThrow(() -> new Refused(Fault.MATCH_BAD_PREREQUISITE));
    }

    private static HeaderTerm term(Oxm.Field f) {
        HeaderField field = HEADER.get(f.field());
        if (field == null) {
            throw new Refused(Fault.MATCH_BAD_FIELD);
        }
        HeaderTerm term = new HeaderTerm(field, f.high(), f.low(), f.maskHigh(), f.maskLow());
        if (!term.expressible()) {
            throw new Refused(f.exact() ? Fault.MATCH_BAD_VALUE : Fault.MATCH_BAD_MASK);
        }
        return term;
    }

    /** The value that a set-field action writes; empty where it may not write this field. */
    static Optional<HeaderTerm> value(Oxm oxm) {
        if (!(oxm instanceof Oxm.Field f) || !f.exact()) {
            return Optional.empty();
        }
        HeaderField field = HEADER.get(f.field());
        if (field == null || UNWRITABLE.contains(field)) {
            return Optional.empty();
        }
        return Optional.of(HeaderTerm.exactly(field, f.high(), f.low())).filter(HeaderTerm::expressible);
    }

    /** The match without bits outside its masks, so that equal conditions are equal records. */
    static Match normal(Match match) {
        List<Oxm> fields = new ArrayList<>();
        for (Oxm oxm : match.fields()) {
            if (oxm instanceof Oxm.Field f) {
                if (f.maskHigh() != 0 || f.maskLow() != 0) {
                    fields.add(f.exact() ? f : f.field().masked(f.high(), f.low(), f.maskHigh(), f.maskLow()));
                }
            } else {
                fields.add(oxm);
            }
        }
        return new Match(fields);
    }

    private static List<Oxm> extras(Match match) {
        return match.fields().stream()
                .filter(o -> o instanceof Oxm.Field f && EXTRAS.contains(f.field()))
                .toList();
    }

    /** Whether both say the same about {@link #EXTRAS}, or {@code wide} says nothing. */
    static boolean extrasCover(Match wide, Match narrow) {
        List<Oxm> said = extras(wide);
        return said.isEmpty() || extras(narrow).containsAll(said);
    }

    /**
     * A space as matches, each with the extras of {@code original}. Parts that the version cannot match are left out:
     * nobody gets more packets by that.
     *
     * @param ports those of the switch, which a range of ports is made of
     * @return empty where there would be more than {@code limit}
     */
    static Optional<List<Match>> matches(
            HeaderSpace space, Match original, Version version, Collection<Integer> ports, int limit) {
        boolean old = version == Version.V1_0;
        Optional<List<List<HeaderTerm>>> all = space.terms(f -> !old && MASKABLE.contains(f), ports, limit);
        if (all.isEmpty()) {
            return Optional.empty();
        }
        List<Match> matches = new ArrayList<>();
        for (List<HeaderTerm> terms : all.get()) {
            List<Oxm> fields = new ArrayList<>(extras(original));
            boolean possible = true;
            for (HeaderTerm t : terms) {
                Oxm.Field f = oxm(t);
                possible &= !old || OpenFlow10.expressible(f);
                fields.add(f);
            }
            if (possible) {
                matches.add(new Match(fields));
            }
        }
        return Optional.of(matches);
    }

    private static Oxm.Field oxm(HeaderTerm t) {
        OxmField field = OXM.get(t.field());
        if (field == null) {
            throw new IllegalStateException("a datapath within a switch");
        }
        return t.maskLow() == -1 && (t.maskHigh() == -1 || t.high() == 0 && field.bits() <= 64)
                ? field.is(t.high(), t.low())
                : field.masked(t.high(), t.low(), t.maskHigh(), t.maskLow());
    }
}
