package io.lamella.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the demo claims, whether it holds, and the numbers that say so.
 *
 * @param claim a sentence
 * @param evidence what was counted, both what must have happened and what must not
 */
record Proof(String claim, boolean holds, Map<String, Object> evidence) {
    /** Gathers evidence; the proof holds where every condition held. */
    static final class Builder {
        private final String claim;
        private final Map<String, Object> evidence = new LinkedHashMap<>();
        private boolean holds = true;

        Builder(String claim) {
            this.claim = claim;
        }

        /** Records a finding and whether it is as it must be. */
        Builder finding(String what, Object value, boolean asItMustBe) {
            evidence.put(what, value);
            holds &= asItMustBe;
            return this;
        }

        Proof done() {
            return new Proof(claim, holds, evidence);
        }
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("claim", claim);
        json.put("holds", holds);
        json.put("evidence", evidence);
        return json;
    }
}
