package io.lamella.microbench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures as a table for people and as JSON for programs. */
final class Report {
    private static final List<String> HEAD = List.of(
            "FIGURE", "UNIT", "N", "MEDIAN", "MIN..MAX", "REFERENCE", "MEDIAN", "MIN..MAX", "RATIO", "GOAL", "");

    private Report() {}

    static String table(List<Figure> figures) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        figures.forEach(f -> rows.add(row(f)));
        return columns(rows);
    }

    /** Rows of equally many cells, under each other. */
    static String columns(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder s = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            s.append(line.toString().stripTrailing()).append('\n');
        }
        return s.toString();
    }

    /** One sentence: which goals were missed. */
    static String verdict(List<Figure> figures) {
        List<String> missed = figures.stream()
                .filter(f -> !f.met().orElse(true))
                .map(Figure::name)
                .toList();
        return missed.isEmpty() ? "all goals are met" : "missed: " + String.join(", ", missed);
    }

    private static List<String> row(Figure f) {
        String most = f.goal().map(g -> "<= " + number(g)).orElse("");
        return List.of(
                f.name(),
                f.unit(),
                Integer.toString(f.own().count()),
                number(f.own().median()),
                range(f.own()),
                f.referenceName().orElse(""),
                f.reference().map(r -> number(r.median())).orElse(""),
                f.reference().map(Report::range).orElse(""),
                f.ratio().map(r -> String.format(Locale.ROOT, "%.2fx", r)).orElse(""),
                f.ratio().isPresent() && !most.isEmpty() ? most + "x" : most,
                f.met().map(met -> met ? "met" : "missed").orElse(""));
    }

    private static String range(Samples s) {
        return s.count() == 1 ? "" : number(s.min()) + ".." + number(s.max());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    static String json(Map<String, String> machine, List<Figure> figures) {
        List<String> lines = figures.stream().map(Report::json).toList();
        return "{\"machine\": " + object(quoted(machine)) + ",\n \"figures\": [\n  " + String.join(",\n  ", lines)
                + "\n ]}\n";
    }

    private static String json(Figure f) {
        Map<String, String> m = new LinkedHashMap<>();
        m.put("name", quote(f.name()));
        m.put("unit", quote(f.unit()));
        m.put("lamella", samples(f.own()));
        f.reference().ifPresent(r -> m.put("reference", samples(r)));
        f.referenceName().ifPresent(name -> m.put("referenceName", quote(name)));
        f.ratio().ifPresent(r -> m.put("ratio", exact(r)));
        f.goal().ifPresent(g -> m.put("goal", exact(g)));
        f.met().ifPresent(met -> m.put("met", met.toString()));
        return object(m);
    }

    private static String samples(Samples s) {
        return "{\"n\": " + s.count() + ", \"median\": " + exact(s.median()) + ", \"min\": " + exact(s.min())
                + ", \"max\": " + exact(s.max()) + "}";
    }

    private static String exact(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static Map<String, String> quoted(Map<String, String> texts) {
        Map<String, String> m = new LinkedHashMap<>();
        texts.forEach((name, text) -> m.put(name, quote(text)));
        return m;
    }

    private static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(e -> quote(e.getKey()) + ": " + e.getValue())
                .collect(java.util.stream.Collectors.joining(", ", "{", "}"));
    }

    private static String quote(String text) {
        return io.lamella.model.Codec.write(text);
    }
}
