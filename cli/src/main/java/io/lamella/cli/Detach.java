package io.lamella.cli;

/** Finds the keys that leave a console, Ctrl-A q as in Incus; Ctrl-A Ctrl-A sends one Ctrl-A. */
final class Detach implements RemoteSession.Filter {
    private static final byte CTRL_A = 1;

    private boolean pending;

    /** The buffer needs room for twice {@code length}: a Ctrl-A held back is sent with what follows. */
    @Override
    public int apply(byte[] bytes, int length) {
        byte[] given = bytes.clone();
        int n = 0;
        for (int i = 0; i < length; i++) {
            byte b = given[i];
            if (!pending) {
                pending = b == CTRL_A;
                if (!pending) {
                    bytes[n++] = b;
                }
                continue;
            }
            pending = false;
            if (b == 'q') {
                return -1;
            }
            bytes[n++] = CTRL_A;
            if (b != CTRL_A) {
                bytes[n++] = b;
            }
        }
        return n;
    }
}
