package io.lamella.ovsdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** A real ovsdb-server with an Open_vSwitch database of its own, in a folder of its own. */
final class PrivateServer implements AutoCloseable {
    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");

    final Path socket;
    private final Path folder;
    private final Path database;
    private Process process;

    PrivateServer(Path folder) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.exists(SCHEMA), "openvswitch-switch is not installed");
        this.folder = folder;
        this.socket = folder.resolve("db.sock");
        this.database = folder.resolve("conf.db");
        Process tool = new ProcessBuilder("ovsdb-tool", "create", database.toString(), SCHEMA.toString()).start();
        Assumptions.assumeTrue(tool.waitFor() == 0, "ovsdb-tool does not work here");
        process = start();
    }

    private Process start() throws IOException {
        Process started = new ProcessBuilder(
                        "ovsdb-server",
                        database.toString(),
                        "--remote=punix:" + socket,
                        "--unixctl=" + folder.resolve("server.ctl"),
                        "--no-chdir",
                        "-vconsole:off")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Awaitility.await().until(() -> Files.exists(socket) || !started.isAlive());
        return started;
    }

    /** As {@code kill -9}: the socket stays behind. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    void restart() throws IOException {
        Files.deleteIfExists(socket);
        process = start();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    OvsdbClient client() {
        return OvsdbClient.open(settings());
    }

    OvsdbSettings settings() {
        return OvsdbSettings.unix(socket, "Open_vSwitch");
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
