package io.lamella.systemtest;

import java.io.IOException;
import java.nio.file.Path;

/** Only one QEMU runs on a machine that tests share. */
final class QemuLock implements AutoCloseable {
    private final Process holder;

    private QemuLock(Process holder) {
        this.holder = holder;
    }

    static QemuLock take() throws IOException {
        Path file = Path.of("/run/lock/lamella-qemu.lock");
        Process holder = new ProcessBuilder("flock", "-o", file.toString(), "sh", "-c", "echo held; exec cat")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        holder.getInputStream().read();
        return new QemuLock(holder);
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
    }
}
