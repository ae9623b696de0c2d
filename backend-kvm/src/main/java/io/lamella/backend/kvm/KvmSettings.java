package io.lamella.backend.kvm;

import io.lamella.guest.GuestKernel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the backend keeps its instances.
 *
 * @param directory absolute; made where it is missing. Everybody must be able to pass through the directories above it
 * @param run absolute, short and empty after a boot: sockets live below it, whose names have 107 bytes at most
 * @param cache for what can be made anew
 * @param cgroupRoot the control group that holds the slices' groups
 * @param kernel the node's kernel for images that have none
 */
public record KvmSettings(
        Path directory,
        Path run,
        Path cache,
        String cgroupRoot,
        Acceleration acceleration,
        Optional<GuestKernel> kernel) {}
