/** Instances as virtual machines of QEMU. */
@NullMarked
package io.lamella.backend.kvm;

import org.jspecify.annotations.NullMarked;
