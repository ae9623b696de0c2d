package io.lamella.cli;

import java.util.List;

/** What was probably meant. */
final class Suggestion {
    private static final int FAR = 3;

    private Suggestion() {}

    /** {@code : did you mean "..."?}, or the empty string where nothing known is near. */
    static String among(String word, List<String> known) {
        String best = "";
        int least = Math.min(FAR, Math.max(2, word.length() / 2));
        for (String k : known) {
            int d = distance(word, k);
            if (d < least || (best.isEmpty() && k.startsWith(word) && word.length() > 1)) {
                best = k;
                least = Math.min(least, d);
            }
        }
        return best.isEmpty() ? "" : ", perhaps you mean \"" + best + "\"";
    }

    /** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
