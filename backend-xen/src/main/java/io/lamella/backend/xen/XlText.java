package io.lamella.backend.xen;

import io.lamella.model.CpuSet;
import io.lamella.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What xl prints (xl(1)). Its JSON has no states, no times and no affinities, so these are its tables, which are read
 * strictly: what does not look like one is an {@link XlException}.
 */
final class XlText {
    private static final Pattern DOMAIN = Pattern.compile(
            "(\\S.*?) +(\\d{1,5}) +(\\d{1,9}) +(\\d{1,5}) +([r-])([b-])([p-])([s-])([rscw?-])([d-]) +(\\d{1,12})\\.(\\d)");
    private static final Pattern VCPU = Pattern.compile(
            "(\\S.*?) +(\\d{1,5}) +(\\d{1,5}) +(\\d{1,5}|-) +[r-][b-][p-] +\\d{1,12}\\.\\d +(\\S.*) / (\\S.*)");
    private static final Pattern FACT = Pattern.compile("([a-z0-9_]{1,40}) *: ?(.*)");
    private static final Pattern ENDING = Pattern.compile("Domain \\d+ has shut down, reason code (\\d{1,3}) 0x.*");
    private static final long TENTH = 100_000_000L;

    private XlText() {}

    /**
     * A domain.
     *
     * @param mebibytes what it has now
     * @param cpuNanos CPU time used, to a tenth of a second
     * @param paused by the toolstack
     * @param ended it has shut down or crashed, or is being removed
     */
    record Domain(String name, int id, long mebibytes, int vcpus, boolean paused, boolean ended, long cpuNanos) {}

    /** The answer of {@code xl list}. A domain that is nearly gone has no name any more and is left out. */
    static List<Domain> domains(String text) {
        List<Domain> found = new ArrayList<>();
        for (String line : rows(text, "Name ")) {
            Matcher m = match(DOMAIN, line);
            if (!m.group(1).equals("(null)")) {
                found.add(new Domain(
                        m.group(1),
                        Integer.parseInt(m.group(2)),
                        Long.parseLong(m.group(3)),
                        Integer.parseInt(m.group(4)),
                        m.group(7).equals("p"),
                        !(m.group(8) + m.group(9) + m.group(10)).equals("---"),
                        (Long.parseLong(m.group(11)) * 10 + Long.parseLong(m.group(12))) * TENTH));
            }
        }
        return found;
    }

    /** The CPUs that a domain may run on, from {@code xl vcpu-list}; empty where that is all of them. */
    static Optional<CpuSet> affinity(String text) {
        CpuSet cpus = CpuSet.EMPTY;
        for (String line : rows(text, "Name ")) {
            String hard = match(VCPU, line).group(5).strip();
            if (hard.equals("all")) {
                return Optional.empty();
            }
            try {
                cpus = cpus.union(CpuSet.parse("affinity", hard));
            } catch (Refusal e) {
                throw unexpected(line);
            }
        }
        return Optional.of(cpus);
    }

    /** The answer of {@code xl info}. */
    static Map<String, String> facts(String text) {
        Map<String, String> facts = new TreeMap<>();
        for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
            Matcher m = match(FACT, line);
            facts.put(m.group(1), m.group(2).strip());
        }
        return facts;
    }

    /** Why a domain ended, as the end of a sentence, from what xl wrote while it watched over it. */
    static String ending(String log) {
        int code = -1;
        for (String line : log.lines().toList()) {
            Matcher m = ENDING.matcher(line);
            if (m.matches()) {
                code = Integer.parseInt(m.group(1));
            }
        }
        return switch (code) { // SHUTDOWN_*, xen/include/public/sched.h
            case -1 -> "its domain was destroyed";
            case 0 -> "it powered itself off";
            case 1 -> "it wanted to reboot";
            case 2 -> "its domain was saved";
            case 3 -> "its kernel crashed";
            case 4 -> "its watchdog ran out";
            default -> "its domain ended with reason " + code;
        };
    }

    private static List<String> rows(String text, String heading) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith(heading)) {
            throw unexpected(lines.isEmpty() ? "" : lines.getFirst());
        }
        return lines.subList(1, lines.size());
    }

    private static Matcher match(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line.stripTrailing());
        if (!matcher.matches()) {
            throw unexpected(line);
        }
        return matcher;
    }

    private static XlException unexpected(String line) {
        String shown = line.length() > 200 ? line.substring(0, 200) + "..." : line;
        return new XlException(
                "xl says what Lamella does not understand: \"" + shown.replaceAll("\\p{Cc}", "?") + "\"");
    }
}
