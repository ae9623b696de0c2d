package io.lamella.systemtest;

import io.lamella.model.BackendKind;

class XenSuiteTest extends BackendSuite {
    XenSuiteTest() {
        super(BackendKind.XEN);
    }
}
