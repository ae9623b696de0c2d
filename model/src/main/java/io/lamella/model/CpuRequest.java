package io.lamella.model;

/**
 * How many CPUs, or which. A plain number is a count ({@code 2}); anything else is a cpulist ({@code 0-1}, {@code 2,3};
 * one named CPU is {@code 1-1}, as in Incus).
 */
public sealed interface CpuRequest {
    /** Any {@code count} CPUs; at least 1. */
    record Count(int count) implements CpuRequest {
        public Count {
            if (count < 1) {
                throw Refusal.invalid("cpus", count, "1 or more");
            }
        }

        @Override
        public String toString() {
            return Integer.toString(count);
        }
    }

    /** Exactly these CPUs; not empty. */
    record Exactly(CpuSet cpus) implements CpuRequest {
        @Override
        public int count() {
            return cpus.size();
        }

        public Exactly {
            if (cpus.isEmpty()) {
                throw Refusal.invalid("cpus", "", "a number of CPUs or a list such as 0-1");
            }
        }

        @Override
        public String toString() {
            return cpus.size() == 1 ? cpus + "-" + cpus : cpus.toString();
        }
    }

    int count();

    static CpuRequest parse(String field, String text) {
        String t = text.strip();
        if (!t.isEmpty() && t.length() <= 5 && t.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int n = Integer.parseInt(t);
            if (n < 1 || n > CpuSet.MAX_CPU + 1) {
                throw Refusal.invalid(
                        field, text, "a number of CPUs from 1 to " + (CpuSet.MAX_CPU + 1) + " or a list such as 0-1");
            }
            return new Count(n);
        }
        CpuSet set = CpuSet.parse(field, text);
        if (set.isEmpty()) {
            throw Refusal.invalid(field, text, "a number of CPUs or a list such as 0-1");
        }
        return new Exactly(set);
    }
}
