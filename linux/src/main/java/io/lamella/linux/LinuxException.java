package io.lamella.linux;

import java.io.IOException;

/** The kernel, or a program of the operating system, refused; the message says what was tried and why it failed. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call what was tried, as the begin of a sentence: {@code mount on /mnt}
     * @param errno the error number of errno(3)
     */
    public LinuxException(String call, int errno) {
        super(call + ": " + Libc.description(errno));
        this.errno = errno;
    }

    /** A failure that has no error number: what is wrong, in one sentence. */
    public LinuxException(String message) {
        super(message);
        this.errno = 0;
    }

    /** A failure that has no error number, for example of Java's own file access. */
    public LinuxException(String call, IOException cause) {
        super(call + ": " + reason(cause), cause);
        this.errno = 0;
    }

    LinuxException(String call, int errno, String explanation) {
        super(call + ": " + explanation);
        this.errno = errno;
    }

    /** The error number of errno(3), or 0 where none is known. */
    public int errno() {
        return errno;
    }

    private static String reason(IOException cause) {
        String message = cause.getMessage();
        return message == null
                ? cause.getClass().getSimpleName()
                : cause.getClass().getSimpleName() + " " + message;
    }
}
