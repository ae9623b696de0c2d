package io.lamella.image;

/**
 * How much an archive may ask of the node before it is refused.
 *
 * @param bytes unpacked size; what the disk has free holds too where it is less
 * @param entries entries of the archive, or of all layers of an OCI image together
 * @param directories directories, whose times and modes are kept in memory until the end
 * @param ratio how many times larger than its compressed form the content may be, once it is larger than 64 MiB
 */
public record ImageLimits(long bytes, long entries, int directories, long ratio) {
    public static final ImageLimits DEFAULT = new ImageLimits(16L << 30, 5_000_000, 200_000, 250);

    public ImageLimits {
        if (bytes <= 0 || entries <= 0 || directories <= 0 || ratio <= 0) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    ImageLimits within(long free) {
        return free >= bytes ? this : new ImageLimits(Math.max(1, free), entries, directories, ratio);
    }
}
