package io.lamella.openflow;

/** One field of a match, or the field that a set-field action writes (section A.2.3.3). */
public sealed interface Oxm {
    /** Class and field number: the upper 23 bits of the header. */
    int type();

    /**
     * A field that is known.
     *
     * @param high the upper 64 bits of a 128-bit value, otherwise 0
     * @param low the lower 64 bits
     * @param maskHigh the mask's upper 64 bits
     * @param maskLow the mask's lower 64 bits. A mask that covers all significant bits is the same as none
     */
    record Field(OxmField field, long high, long low, long maskHigh, long maskLow) implements Oxm {
        public Field {
            if ((high & ~field.fullHigh()) != 0 || (low & ~field.wireLow()) != 0) {
                throw OpenFlowException.because("the value " + hex(high, low) + " does not fit into " + field + " of "
                        + field.bits() + " bits");
            }
            if (covers(maskHigh, field.fullHigh()) && covers(maskLow, field.fullLow())) {
                maskHigh = field.fullHigh();
                maskLow = field.fullLow();
            } else if ((maskHigh & ~field.fullHigh()) != 0 || (maskLow & ~field.wireLow()) != 0) {
                throw OpenFlowException.because("the mask " + hex(maskHigh, maskLow) + " does not fit into " + field
                        + " of " + field.bits() + " bits");
            }
        }

        @Override
        public int type() {
            return OxmField.BASIC_CLASS << 7 | field.ordinal();
        }

        public boolean exact() {
            return maskHigh == field.fullHigh() && maskLow == field.fullLow();
        }

        @Override
        public String toString() {
            return field + "=" + hex(high, low) + (exact() ? "" : "/" + hex(maskHigh, maskLow));
        }

        private static boolean covers(long mask, long full) {
            return (mask & full) == full;
        }

        private static String hex(long high, long low) {
            return high == 0 ? "0x" + Long.toHexString(low) : "0x%x%016x".formatted(high, low);
        }
    }

    /**
     * A field of another class, an unknown number or an unexpected size, as it came.
     *
     * @param header class, field number, mask bit and payload length
     */
    record Raw(int header, Bytes payload) implements Oxm {
        public Raw {
            if ((header & 0xff) != payload.length()) {
                throw OpenFlowException.because(
                        "the header says " + (header & 0xff) + " bytes of payload, there are " + payload.length());
            }
        }

        @Override
        public int type() {
            return header >>> 9;
        }
    }
}
