package io.lamella.systemtest;

import io.lamella.model.BackendKind;
import io.lamella.model.InstanceView;

class XenSuiteTest extends BackendSuite {
    XenSuiteTest() {
        super(BackendKind.XEN);
    }

    /** A domain is no process of this machine's. */
    @Override
    void crash(TestNode node, InstanceView instance) throws Exception {
        Kernel.run("xl", "destroy", node.name + "." + instance.slice() + "." + instance.name());
    }
}
