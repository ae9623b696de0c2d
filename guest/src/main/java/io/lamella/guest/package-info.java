/** What virtual machines have in common, whichever hypervisor runs them. */
@NullMarked
package io.lamella.guest;

import org.jspecify.annotations.NullMarked;
