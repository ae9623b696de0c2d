package io.lamella.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows in aligned columns, two spaces between them. Safe for wide and combining characters; controls are replaced. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();

    private Table() {}

    /** A table without a header line. */
    static Table plain() {
        return new Table();
    }

    /** A table with a header line, written in capitals. */
    static Table of(String... header) {
        return new Table().row(header);
    }

    Table row(String... cells) {
        String[] clean = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            clean[i] = printable(cells[i]);
        }
        rows.add(clean);
        return this;
    }

    String text() {
        int columns = 0;
        for (String[] row : rows) {
            columns = Math.max(columns, row.length);
        }
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int c = 0; c < row.length; c++) {
                widths[c] = Math.max(widths[c], width(row[c]));
            }
        }
        StringBuilder s = new StringBuilder();
        for (String[] row : rows) {
            int end = s.length();
            int column = 0;
            int written = 0;
            for (int c = 0; c < row.length; c++) {
                s.repeat(' ', column - written).append(row[c]);
                written = column + width(row[c]);
                end = row[c].isEmpty() ? end : s.length();
                column += widths[c] + 2;
            }
            s.setLength(end);
            s.append('\n');
        }
        return s.toString();
    }

    /** How many terminal cells a text takes. */
    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            width += c < 0x300 ? 1 : cells(c);
        }
        return width;
    }

    private static int cells(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (c >= 0x1100 && c <= 0x115F) // Hangul Jamo, then UAX #11's wide blocks
                || (c >= 0x2E80 && c <= 0xA4CF)
                || (c >= 0xAC00 && c <= 0xD7A3)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0xFE30 && c <= 0xFE6F)
                || (c >= 0xFF00 && c <= 0xFF60)
                || (c >= 0xFFE0 && c <= 0xFFE6)
                || (c >= 0x1F300 && c <= 0x1F64F)
                || (c >= 0x1F900 && c <= 0x1F9FF)
                || (c >= 0x20000 && c <= 0x3FFFD);
        return wide ? 2 : 1;
    }

    /** The text with every control character replaced, so that no name or message can steer the terminal. */
    static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                StringBuilder s = new StringBuilder(text);
                for (int k = i; k < s.length(); k++) {
                    if (Character.isISOControl(s.charAt(k))) {
                        s.setCharAt(k, '?');
                    }
                }
                return s.toString();
            }
        }
        return text;
    }
}
