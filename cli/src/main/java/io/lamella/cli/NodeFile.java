package io.lamella.cli;

import io.lamella.model.NodeSpec;

/** Reads a {@code node.yaml}. */
final class NodeFile {
    private NodeFile() {}

    /**
     * @param file what the file is called in error messages
     * @throws Failure where the text is no YAML or not what a node can be
     */
    static NodeSpec read(String file, String text) {
        return RecordFile.read(NodeSpec.class, file, text);
    }
}
