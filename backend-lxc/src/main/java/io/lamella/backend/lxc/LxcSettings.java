package io.lamella.backend.lxc;

import io.lamella.model.IdRange;
import java.nio.file.Path;

/**
 * Where the backend keeps its instances.
 *
 * @param directory absolute; made with mode 0711 where it is missing. Everybody must be able to pass through the
 *     directories above it, as an instance's root is an ordinary user of the node
 * @param cgroupRoot the control group that holds the slices' groups
 * @param ids the host ids that slices are given
 */
public record LxcSettings(Path directory, String cgroupRoot, IdRange ids) {
    /** Room for 10000 slices, far above the ids of people and programs. */
    public static final IdRange IDS = new IdRange(1_000_000, 10_000 * IdRange.PER_SLICE);

    public LxcSettings(Path directory, String cgroupRoot) {
        this(directory, cgroupRoot, IDS);
    }
}
