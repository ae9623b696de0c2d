package io.lamella.backend.kvm;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Session;
import java.io.IOException;
import java.util.List;

/** What runs commands inside a machine. Any thread. */
interface Agent extends AutoCloseable {
    /**
     * Returns when the machine is far enough for it to be called started.
     *
     * @throws IOException where the machine ended before that
     */
    void awaitReady() throws IOException;

    /** Starts a command; refuses where it cannot be reached. */
    Session exec(ExecRequest request);

    /** The IPv4 addresses as the guest's kernel has them, loopback left out; none where it does not answer. */
    List<String> addresses();

    /** Asks the guest to power itself off. */
    void halt() throws IOException;

    /** Lets go of commands that an earlier daemon started, or that an earlier boot ran. */
    void forgetSessions();

    @Override
    void close();
}
