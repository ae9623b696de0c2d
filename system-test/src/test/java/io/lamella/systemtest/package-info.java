/** Tests of the whole node with the real kernel, LXC and Open vSwitch. */
@NullMarked
package io.lamella.systemtest;

import org.jspecify.annotations.NullMarked;
