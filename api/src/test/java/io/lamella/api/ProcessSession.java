package io.lamella.api;

import io.lamella.compute.Session;
import java.io.InputStream;
import java.io.OutputStream;

/** A process of the machine. */
final class ProcessSession implements Session {
    private final Process process;
    private volatile String size = "";

    ProcessSession(Process process) {
        this.process = process;
    }

    Process process() {
        return process;
    }

    String size() {
        return size;
    }

    @Override
    public OutputStream input() {
        return process.getOutputStream();
    }

    @Override
    public InputStream output() {
        return process.getInputStream();
    }

    @Override
    public InputStream error() {
        return process.getErrorStream();
    }

    @Override
    public void resize(int columns, int rows) {
        size = columns + "x" + rows;
    }

    @Override
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
