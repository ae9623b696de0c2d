package io.lamella.backend.kvm;

/** QEMU refused a command, or its monitor cannot be reached or understood. */
final class QmpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    QmpException(String message) {
        super(message);
    }

    QmpException(String message, Throwable cause) {
        super(message, cause);
    }
}
