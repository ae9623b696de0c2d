package io.lamella.systemtest;

import io.lamella.model.BackendKind;

class KvmSuiteTest extends BackendSuite {
    KvmSuiteTest() {
        super(BackendKind.KVM);
    }
}
