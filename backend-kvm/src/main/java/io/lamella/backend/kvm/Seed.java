package io.lamella.backend.kvm;

import io.lamella.compute.InstancePlan;
import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import io.lamella.model.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The volume from which cloud-init in a disk image learns who it is: a FAT file system of 1.44 MB with the label cidata
 * (cloud-init, data source NoCloud). QEMU's own driver makes it.
 */
final class Seed {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int OWNER_READS = 0400;

    private Seed() {}

    /** Makes the volume anew. */
    static void make(Unit unit, InstancePlan plan) throws IOException {
        Path files = unit.directory().resolve("seed.d");
        Path part = unit.directory().resolve("seed.part");
        Inodes.deleteTree(files);
        Files.deleteIfExists(part);
        Files.createDirectory(files);
        try {
            Files.writeString(files.resolve("meta-data"), metaData(plan));
            Files.writeString(files.resolve("network-config"), networkConfig(plan.ports()));
            Optional<String> userData = plan.instance().spec().userData();
            Files.writeString(files.resolve("user-data"), userData.orElse("#cloud-config\n{}\n"));
            String source = "json:{\"driver\":\"vvfat\",\"dir\":\"" + files
                    + "\",\"label\":\"cidata\",\"floppy\":true,\"fat-type\":12,\"rw\":false}";
            Command.Result made =
                    Command.run(PATIENCE, List.of("qemu-img", "convert", "-O", "raw", source, part.toString()));
            if (!made.ok()) {
                throw Launcher.failure("the volume for cloud-init cannot be made: " + made.lastLine());
            }
            Disk.give(part, plan);
            Inodes.chmod(part, OWNER_READS);
            Files.move(part, unit.seed(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Inodes.deleteTree(files);
            Files.deleteIfExists(part);
        }
    }

    /** The instance's number is what makes cloud-init run once for each instance, and not again after a start. */
    static String metaData(InstancePlan plan) {
        return "instance-id: " + plan.instance().id() + "\nlocal-hostname: "
                + plan.instance().name() + "\n";
    }

    /** Version 2 of cloud-init's network configuration. */
    static String networkConfig(List<Port> ports) {
        StringBuilder text = new StringBuilder("version: 2\nethernets:");
        for (Port port : ports) {
            text.append("\n  ").append(port.deviceName()).append(":\n    match:\n      macaddress: \"");
            text.append(port.mac()).append("\"\n    set-name: ").append(port.deviceName());
            text.append("\n    addresses: [\"")
                    .append(port.address())
                    .append('/')
                    .append(port.prefix())
                    .append("\"]");
        }
        return text.append(ports.isEmpty() ? " {}\n" : "\n").toString();
    }
}
