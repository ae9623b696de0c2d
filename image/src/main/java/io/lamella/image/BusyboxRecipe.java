package io.lamella.image;

import io.lamella.compute.Progress;
import io.lamella.model.Refusal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * The node's own static busybox as a whole system of about two mebibytes that starts in milliseconds. The same busybox
 * gives the same bytes, and so the same digest.
 */
final class BusyboxRecipe implements Recipe {
    private static final String PACKAGE = "busybox-static";

    /** Without a ctrlaltdel action: where init owns the console, an interrupt typed there would set it off. */
    private static final String INITTAB = """
            ::sysinit:/etc/init.d/rcS
            ::askfirst:-/bin/sh
            """;

    /** What a container's manager has mounted already stays; a virtual machine gets what it lacks. */
    private static final String START = """
            #!/bin/sh
            [ -e /proc/self ] || mount -t proc proc /proc
            [ -e /sys/class ] || mount -t sysfs sysfs /sys
            [ -e /dev/null ] || mount -t devtmpfs devtmpfs /dev
            ifconfig lo up 2>/dev/null
            for script in /etc/rc.d/*; do
                [ -x "$script" ] && "$script" start
            done
            exit 0
            """;

    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            nobody:x:65534:65534:nobody:/:/bin/false
            """;

    private static final String GROUP = """
            root:x:0:
            tty:x:5:
            nogroup:x:65534:
            """;

    private static final String SHADOW = """
            root:*:::::::
            nobody:*:::::::
            """;

    private static final String PROFILE = """
            export PATH=/usr/sbin:/usr/bin:/sbin:/bin
            export PS1='\\h:\\w# '
            """;

    private record Node(char type, int mode, byte[] content, String target) {}

    private final Path busybox;

    BusyboxRecipe() {
        this(Path.of("/bin/busybox"));
    }

    BusyboxRecipe(Path busybox) {
        this.busybox = busybox;
    }

    @Override
    public String name() {
        return "busybox";
    }

    @Override
    public Path tar(Path workspace, Progress progress) {
        progress.report("building busybox", 0, 0);
        Path tar = workspace.resolve("busybox.tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            TarWriter writer = new TarWriter(out);
            for (var entry : nodes().entrySet()) {
                write(writer, entry.getKey(), entry.getValue());
            }
            writer.end();
        } catch (IOException e) {
            throw Storage.refusal("write the busybox image", e);
        }
        return tar;
    }

    /** By name, parents before what is in them. */
    private TreeMap<String, Node> nodes() throws IOException {
        byte[] program = program();
        TreeMap<String, Node> nodes = new TreeMap<>();
        for (String directory : new String[] {
            "bin",
            "sbin",
            "usr",
            "usr/bin",
            "usr/sbin",
            "etc",
            "etc/init.d",
            "etc/rc.d",
            "dev",
            "proc",
            "sys",
            "run",
            "var",
            "var/log",
            "var/lib",
            "home",
            "mnt"
        }) {
            nodes.put(directory + "/", new Node('d', 0755, new byte[0], ""));
        }
        nodes.put("root/", new Node('d', 0700, new byte[0], ""));
        nodes.put("tmp/", new Node('d', 01777, new byte[0], ""));
        nodes.put("var/tmp/", new Node('d', 01777, new byte[0], ""));
        nodes.put("var/run", new Node('l', 0777, new byte[0], "/run"));
        for (String applet :
                Children.output(busybox.toString(), "--list-full").lines().toList()) {
            if (applet.matches("(usr/)?s?bin/[A-Za-z0-9._\\[-]+")) {
                nodes.put(applet, new Node('l', 0777, new byte[0], "/bin/busybox"));
            }
        }
        nodes.put("sbin/init", new Node('l', 0777, new byte[0], "/bin/busybox"));
        nodes.put("bin/busybox", new Node('f', 0755, program, ""));
        file(nodes, "etc/inittab", 0644, INITTAB);
        file(nodes, "etc/init.d/rcS", 0755, START);
        file(nodes, "etc/passwd", 0644, PASSWD);
        file(nodes, "etc/group", 0644, GROUP);
        file(nodes, "etc/shadow", 0600, SHADOW);
        file(nodes, "etc/profile", 0644, PROFILE);
        file(nodes, "etc/hosts", 0644, "127.0.0.1 localhost\n::1 localhost\n");
        return nodes;
    }

    private byte[] program() {
        try {
            byte[] program = Files.readAllBytes(busybox);
            if (Elf.isDynamic(program)) {
                throw Refusal.unavailable(busybox + " needs shared libraries and cannot be an image by itself:"
                        + " install the Debian package " + PACKAGE);
            }
            return program;
        } catch (IOException e) {
            throw Refusal.unavailable("the program " + busybox + " is missing: install the Debian package " + PACKAGE);
        }
    }

    private static void file(TreeMap<String, Node> nodes, String name, int mode, String content) {
        nodes.put(name, new Node('f', mode, content.getBytes(StandardCharsets.UTF_8), ""));
    }

    private static void write(TarWriter tar, String name, Node node) throws IOException {
        switch (node.type()) {
            case 'd' -> tar.directory(name, node.mode());
            case 'l' -> tar.symlink(name, node.target());
            default -> tar.file(name, node.mode(), node.content());
        }
    }
}
