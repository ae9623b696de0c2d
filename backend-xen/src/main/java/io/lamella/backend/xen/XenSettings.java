package io.lamella.backend.xen;

import io.lamella.guest.GuestKernel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the backend keeps its instances.
 *
 * @param directory absolute; made where it is missing
 * @param run absolute, short and empty after a boot: sockets live below it, whose names have 107 bytes at most
 * @param cache for what can be made anew; programs can be run from it
 * @param cgroupRoot the control group that holds the slices' groups; domains' names begin with it
 * @param kernel the node's kernel for images that have none
 */
public record XenSettings(Path directory, Path run, Path cache, String cgroupRoot, Optional<GuestKernel> kernel) {}
