package io.lamella.openflow;

/** The error types and codes of section A.4.4, by their numbers. */
public enum ErrorType {
    HELLO_FAILED("INCOMPATIBLE", "EPERM"),
    BAD_REQUEST(
            "BAD_VERSION",
            "BAD_TYPE",
            "BAD_MULTIPART",
            "BAD_EXPERIMENTER",
            "BAD_EXP_TYPE",
            "EPERM",
            "BAD_LEN",
            "BUFFER_EMPTY",
            "BUFFER_UNKNOWN",
            "BAD_TABLE_ID",
            "IS_SLAVE",
            "BAD_PORT",
            "BAD_PACKET",
            "MULTIPART_BUFFER_OVERFLOW"),
    BAD_ACTION(
            "BAD_TYPE",
            "BAD_LEN",
            "BAD_EXPERIMENTER",
            "BAD_EXP_TYPE",
            "BAD_OUT_PORT",
            "BAD_ARGUMENT",
            "EPERM",
            "TOO_MANY",
            "BAD_QUEUE",
            "BAD_OUT_GROUP",
            "MATCH_INCONSISTENT",
            "UNSUPPORTED_ORDER",
            "BAD_TAG",
            "BAD_SET_TYPE",
            "BAD_SET_LEN",
            "BAD_SET_ARGUMENT"),
    BAD_INSTRUCTION(
            "UNKNOWN_INST",
            "UNSUP_INST",
            "BAD_TABLE_ID",
            "UNSUP_METADATA",
            "UNSUP_METADATA_MASK",
            "BAD_EXPERIMENTER",
            "BAD_EXP_TYPE",
            "BAD_LEN",
            "EPERM",
            "DUP_INST"),
    BAD_MATCH(
            "BAD_TYPE",
            "BAD_LEN",
            "BAD_TAG",
            "BAD_DL_ADDR_MASK",
            "BAD_NW_ADDR_MASK",
            "BAD_WILDCARDS",
            "BAD_FIELD",
            "BAD_VALUE",
            "BAD_MASK",
            "BAD_PREREQ",
            "DUP_FIELD",
            "EPERM"),
    FLOW_MOD_FAILED(
            "UNKNOWN",
            "TABLE_FULL",
            "BAD_TABLE_ID",
            "OVERLAP",
            "EPERM",
            "BAD_TIMEOUT",
            "BAD_COMMAND",
            "BAD_FLAGS",
            "CANT_SYNC",
            "BAD_PRIORITY"),
    GROUP_MOD_FAILED,
    PORT_MOD_FAILED,
    TABLE_MOD_FAILED,
    QUEUE_OP_FAILED,
    SWITCH_CONFIG_FAILED,
    ROLE_REQUEST_FAILED,
    METER_MOD_FAILED,
    TABLE_FEATURES_FAILED;

    private final String[] codes;

    ErrorType(String... codes) {
        this.codes = codes;
    }

    static String describe(int type, int code) {
        if (type >= values().length) {
            return "error type " + type + " code " + code;
        }
        String[] codes = values()[type].codes;
        return values()[type] + " " + (code < codes.length ? codes[code] : "code " + code);
    }
}
