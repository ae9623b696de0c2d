package io.lamella.openflow;

/** Port numbers of version 1.0, which have 16 bits; here they are as in version 1.3, whose reserved ones end alike. */
final class Ports10 {
    private static final int RESERVED = 0xff00;

    private Ports10() {}

    static int read(short port) {
        int number = port & 0xffff;
        return number > RESERVED ? number | 0xffff_0000 : number;
    }

    /** @throws OpenFlowException if the number does not fit */
    static short write(int port) {
        boolean reserved = Integer.compareUnsigned(port, 0xffff_0000 | RESERVED) > 0;
        if (!reserved && Integer.compareUnsigned(port, RESERVED) > 0) {
            throw OpenFlowException.because("version 1.0 has no port " + Integer.toUnsignedString(port));
        }
        return (short) port;
    }
}
