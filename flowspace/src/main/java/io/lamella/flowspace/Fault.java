package io.lamella.flowspace;

import io.lamella.openflow.Version;

/** Why a controller's request is refused, with the numbers that each version has for it (section A.4.4, 1.0: 5.4.4). */
enum Fault {
    BAD_VERSION(1, 0, 1, 0),
    BAD_TYPE(1, 1, 1, 1),
    BAD_MULTIPART(1, 2, 1, 2),
    BAD_EXPERIMENTER(1, 3, 1, 3),
    NOT_PERMITTED(1, 5, 1, 5),
    BAD_LENGTH(1, 6, 1, 6),
    BUFFER_UNKNOWN(1, 8, 1, 8),
    BAD_TABLE(1, 5, 1, 9),
    IS_SLAVE(1, 5, 1, 10),
    BAD_PORT(1, 5, 1, 11),
    TOO_MANY_QUESTIONS(1, 5, 1, 13),
    BAD_ACTION_TYPE(2, 0, 2, 0),
    BAD_ACTION_EXPERIMENTER(2, 2, 2, 2),
    BAD_OUT_PORT(2, 4, 2, 4),
    ACTION_NOT_PERMITTED(2, 6, 2, 6),
    BAD_QUEUE(2, 8, 2, 8),
    BAD_OUT_GROUP(2, 4, 2, 9),
    BAD_SET_FIELD(2, 0, 2, 13),
    UNSUPPORTED_INSTRUCTION(2, 0, 3, 1),
    INSTRUCTION_BAD_TABLE(2, 0, 3, 2),
    INSTRUCTION_EXPERIMENTER(2, 2, 3, 5),
    MATCH_BAD_FIELD(3, 5, 4, 6),
    MATCH_BAD_VALUE(3, 5, 4, 7),
    MATCH_BAD_MASK(3, 5, 4, 8),
    MATCH_BAD_PREREQUISITE(3, 5, 4, 9),
    TABLE_FULL(3, 0, 5, 1),
    FLOW_BAD_TABLE(3, 5, 5, 2),
    OVERLAP(3, 1, 5, 3),
    FLOW_NOT_PERMITTED(3, 2, 5, 4),
    BAD_FLAGS(3, 5, 5, 7),
    GROUP_NOT_PERMITTED(1, 1, 6, 14),
    PORT_MOD_NOT_PERMITTED(1, 5, 7, 4),
    TABLE_MOD_NOT_PERMITTED(1, 1, 8, 2),
    QUEUE_NOT_PERMITTED(5, 2, 9, 2),
    CONFIG_NOT_PERMITTED(1, 5, 10, 2),
    STALE_ROLE(1, 5, 11, 0),
    BAD_ROLE(1, 5, 11, 2),
    METER_UNKNOWN(1, 1, 12, 0),
    TABLE_FEATURES_NOT_PERMITTED(1, 2, 13, 5);

    private final int type10;
    private final int code10;
    private final int type13;
    private final int code13;

    Fault(int type10, int code10, int type13, int code13) {
        this.type10 = type10;
        this.code10 = code10;
        this.type13 = type13;
        this.code13 = code13;
    }

    int type(Version version) {
        return version == Version.V1_0 ? type10 : type13;
    }

    int code(Version version) {
        return version == Version.V1_0 ? code10 : code13;
    }
}
