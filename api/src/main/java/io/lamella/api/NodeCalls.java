package io.lamella.api;

import io.lamella.compute.Declaration;
import io.lamella.compute.Node;
import io.lamella.model.NodeSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The node as a whole, and the description of this API. */
final class NodeCalls {
    private final Node node;
    private final Declaration declaration;
    private final Tokens tokens;

    NodeCalls(Node node, Declaration declaration, Tokens tokens) {
        this.node = node;
        this.declaration = declaration;
        this.tokens = tokens;
    }

    Reply info(Call call) {
        return Reply.ok(node.info());
    }

    Reply export(Call call) {
        return Reply.ok(declaration.export());
    }

    Reply openApi(Call call) {
        return new Reply.Text("application/yaml", openApi());
    }

    Reply apply(Call call) throws IOException {
        NodeSpec wanted = call.body(NodeSpec.class);
        boolean prune = call.query().flag("prune");
        if (call.query().flag("dryRun")) {
            return Reply.ok(declaration.plan(wanted, prune));
        }
        try {
            return Reply.ok(declaration.apply(wanted, prune));
        } finally {
            tokens.forgetSlicesGone();
        }
    }

    static InputStream openApi() {
        return Objects.requireNonNull(NodeCalls.class.getResourceAsStream("/openapi.yaml"), "openapi.yaml");
    }
}
