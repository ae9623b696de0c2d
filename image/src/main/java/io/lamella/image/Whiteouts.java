package io.lamella.image;

/**
 * The marks by which a layer of an OCI image removes what is in the layers below it (OCI image specification,
 * "Whiteouts").
 */
final class Whiteouts {
    private static final String MARK = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    private Whiteouts() {}

    static boolean isMark(TarEntry entry) {
        return base(entry).startsWith(MARK);
    }

    /** Does in {@code tree}, which does not hold the layer yet, what a mark says. */
    static void apply(TarEntry entry, Tree tree) {
        String name = name(entry);
        String base = base(entry);
        String parent = name.substring(0, name.length() - base.length());
        if (base.equals(OPAQUE)) {
            tree.clear(parent.isEmpty() ? "." : parent);
            return;
        }
        String removed = base.substring(MARK.length());
        if (removed.startsWith(MARK)) {
            return; // bookkeeping of aufs
        }
        if (removed.isEmpty() || removed.equals(".") || removed.equals("..")) {
            throw Names.refused(Names.shown(name) + " is a whiteout of nothing");
        }
        tree.remove(parent + removed);
    }

    private static String base(TarEntry entry) {
        return name(entry).substring(name(entry).lastIndexOf('/') + 1);
    }

    private static String name(TarEntry entry) {
        int end = entry.name().length();
        while (end > 0 && entry.name().charAt(end - 1) == '/') {
            end--;
        }
        return entry.name().substring(0, end);
    }
}
