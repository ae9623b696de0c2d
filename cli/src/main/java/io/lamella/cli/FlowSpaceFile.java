package io.lamella.cli;

import io.lamella.model.FlowSpace;

/** Reads a {@code flowspace.yaml}. */
final class FlowSpaceFile {
    private FlowSpaceFile() {}

    /**
     * @param file what the file is called in error messages
     * @throws Failure where the text is no YAML or not what a flow space can be
     */
    static FlowSpace read(String file, String text) {
        return RecordFile.read(FlowSpace.class, file, text);
    }
}
