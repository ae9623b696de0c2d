package io.lamella.systemtest;

import io.lamella.model.BackendKind;

class LxcSuiteTest extends BackendSuite {
    LxcSuiteTest() {
        super(BackendKind.LXC);
    }
}
