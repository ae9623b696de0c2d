/**
 * The slicing proxy: several OpenFlow controllers share one network, and each sees and programs only the packets of its
 * slice. {@link io.lamella.flowspace.SlicedSwitch} and what it is made of are rules without I/O;
 * {@link io.lamella.flowspace.Proxy} connects them. Section numbers refer to the OpenFlow Switch Specification 1.3.5.
 */
@NullMarked
package io.lamella.flowspace;

import org.jspecify.annotations.NullMarked;
