/** Instances as paravirtualized guests of Xen. */
@NullMarked
package io.lamella.backend.xen;

import org.jspecify.annotations.NullMarked;
