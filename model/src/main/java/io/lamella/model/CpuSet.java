package io.lamella.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * An immutable set of logical CPU numbers, written as the kernel's cpulist ({@code 0-3,8}; kernel
 * Documentation/admin-guide/cputopology.rst). The empty set is written as the empty string.
 */
public final class CpuSet {
    /** The highest CPU number that Linux can be built for is 8191. */
    public static final int MAX_CPU = 8191;

    private static final int MASK_WORD = 32;

    public static final CpuSet EMPTY = new CpuSet(new BitSet());

    private final BitSet bits;

    private CpuSet(BitSet bits) {
        this.bits = bits;
    }

    public static CpuSet of(int... cpus) {
        BitSet b = new BitSet();
        for (int cpu : cpus) {
            b.set(cpu);
        }
        return new CpuSet(b);
    }

    /** CPUs {@code first} to {@code last}, both included. */
    public static CpuSet range(int first, int last) {
        BitSet b = new BitSet();
        b.set(first, last + 1);
        return new CpuSet(b);
    }

    /** Parses a cpulist; refuses anything else, naming {@code field}. */
    public static CpuSet parse(String field, String text) {
        BitSet b = new BitSet();
        String list = text.strip();
        if (list.isEmpty()) {
            return EMPTY;
        }
        for (String part : list.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = number(field, text, dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : number(field, text, part.substring(dash + 1));
            if (last < first) {
                throw form(field, text);
            }
            b.set(first, last + 1);
        }
        return new CpuSet(b);
    }

    /**
     * Parses a CPU mask: hexadecimal words of at most 32 bits, the most significant first, separated by commas, as in
     * /proc/irq/N/smp_affinity. Leading zeros mean nothing.
     */
    public static CpuSet parseMask(String field, String text) {
        BitSet b = new BitSet();
        String[] words = text.strip().split(",", -1);
        for (int w = 0; w < words.length; w++) {
            String word = words[w].strip();
            if (!word.matches("[0-9a-fA-F]{1,8}") || words.length > (MAX_CPU + 1) / MASK_WORD) {
                throw Refusal.invalid(field, text, "a mask of CPUs in hexadecimal, such as ff,00000003");
            }
            long bits = Long.parseLong(word, 16);
            int base = (words.length - 1 - w) * MASK_WORD;
            for (int i = 0; i < MASK_WORD; i++) {
                if ((bits >> i & 1) != 0) {
                    b.set(base + i);
                }
            }
        }
        return new CpuSet(b);
    }

    private static int number(String field, String text, String digits) {
        String d = digits.strip();
        if (d.isEmpty() || d.length() > 4 || !d.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw form(field, text);
        }
        int n = Integer.parseInt(d);
        if (n > MAX_CPU) {
            throw form(field, text);
        }
        return n;
    }

    private static Refusal form(String field, String text) {
        return Refusal.invalid(field, text, "a list of CPU numbers from 0 to " + MAX_CPU + ", such as 0-3,8");
    }

    public boolean isEmpty() {
        return bits.isEmpty();
    }

    public int size() {
        return bits.cardinality();
    }

    public boolean contains(int cpu) {
        return bits.get(cpu);
    }

    public boolean containsAll(CpuSet other) {
        return other.minus(this).isEmpty();
    }

    public boolean intersects(CpuSet other) {
        return bits.intersects(other.bits);
    }

    public CpuSet union(CpuSet other) {
        BitSet b = (BitSet) bits.clone();
        b.or(other.bits);
        return new CpuSet(b);
    }

    public CpuSet intersect(CpuSet other) {
        BitSet b = (BitSet) bits.clone();
        b.and(other.bits);
        return new CpuSet(b);
    }

    public CpuSet minus(CpuSet other) {
        BitSet b = (BitSet) bits.clone();
        b.andNot(other.bits);
        return new CpuSet(b);
    }

    /** The lowest {@code n} CPUs of this set, or all where it has fewer. */
    public CpuSet first(int n) {
        BitSet b = new BitSet();
        bits.stream().limit(n).forEach(b::set);
        return new CpuSet(b);
    }

    /** The CPU numbers in ascending order. */
    public IntStream stream() {
        return bits.stream();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CpuSet other && bits.equals(other.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    /** As the kernel writes masks of CPUs: words of 8 hexadecimal digits, the most significant first. */
    public String mask() {
        int words = Math.max(1, (bits.length() + MASK_WORD - 1) / MASK_WORD);
        StringBuilder s = new StringBuilder();
        for (int w = words - 1; w >= 0; w--) {
            long word = 0;
            for (int i = 0; i < MASK_WORD; i++) {
                word |= bits.get(w * MASK_WORD + i) ? 1L << i : 0;
            }
            s.append(s.isEmpty() ? "" : ",").append(String.format(Locale.ROOT, "%08x", word));
        }
        return s.toString();
    }

    /** The cpulist, ascending, with ranges folded. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            int last = bits.nextClearBit(first) - 1;
            parts.add(first == last ? Integer.toString(first) : first + "-" + last);
            first = bits.nextSetBit(last + 1);
        }
        return String.join(",", parts);
    }
}
