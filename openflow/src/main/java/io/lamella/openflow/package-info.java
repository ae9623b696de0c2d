/**
 * The OpenFlow wire protocol. {@link io.lamella.openflow.Header} reads what all versions share,
 * {@link io.lamella.openflow.OpenFlow13} turns bytes of version 1.3 into {@link io.lamella.openflow.Message}s and back;
 * the records themselves belong to no version, so that a codec for another version stands beside it. Section numbers
 * refer to the OpenFlow Switch Specification 1.3.5 (ONF TS-023).
 */
@NullMarked
package io.lamella.openflow;

import org.jspecify.annotations.NullMarked;
