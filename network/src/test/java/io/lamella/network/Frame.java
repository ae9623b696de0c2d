package io.lamella.network;

/**
 * A frame as the test's switch sees it.
 *
 * @param vlan the tag's id, or -1 for no tag
 * @param ipSource of an IPv4 packet
 */
record Frame(
        int inPort,
        long destination,
        long source,
        int vlan,
        int etherType,
        long ipSource,
        int arpOperation,
        long arpSenderMac,
        long arpSender,
        long arpTarget) {
    boolean toGroup() {
        return (destination >>> 40 & 1) == 1;
    }
}
