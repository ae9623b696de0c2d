package io.lamella.openflow;

/** What is done to a frame (section A.2.5). */
public sealed interface Action {
    /**
     * Sends the frame out.
     *
     * @param port a port number or one of {@link Ports}
     * @param maxLength how many bytes go to the controller, 0 to 65535, where {@code port} is the controller
     */
    record Output(int port, int maxLength) implements Action {
        public Output(int port) {
            this(port, 0);
        }
    }

    record Group(int group) implements Action {}

    /** Writes an exact value into a header field. */
    record SetField(Oxm field) implements Action {}

    /**
     * Pushes a VLAN tag.
     *
     * @param etherType 0x8100 or 0x88a8
     */
    record PushVlan(int etherType) implements Action {}

    record PopVlan() implements Action {}

    /**
     * Writes the port of whichever transport protocol the frame has: version 1.0 only, which has no field for each.
     *
     * @param destination whether the destination's port, else the source's
     */
    record SetTransport(boolean destination, int port) implements Action {}

    /** Sends the frame out through a queue of a port: version 1.0 only. */
    record Enqueue(int port, int queue) implements Action {}

    /**
     * An action of another type, as it came.
     *
     * @param body what follows type and length
     */
    record Raw(int type, Bytes body) implements Action {}
}
