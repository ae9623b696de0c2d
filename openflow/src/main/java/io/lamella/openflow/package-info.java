/**
 * The OpenFlow wire protocol. {@link io.lamella.openflow.Header} reads what all versions share,
 * {@link io.lamella.openflow.OpenFlow13} turns bytes of version 1.3 into {@link io.lamella.openflow.Message}s and back,
 * {@link io.lamella.openflow.OpenFlow10} those of version 1.0; the records themselves belong to no version. Section numbers
 * refer to the OpenFlow Switch Specification 1.3.5 (ONF TS-023).
 */
@NullMarked
package io.lamella.openflow;

import org.jspecify.annotations.NullMarked;
