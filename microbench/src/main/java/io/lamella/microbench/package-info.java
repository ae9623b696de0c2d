/** Benchmarks of a node beside the tools that it is built on, in one run on one machine. */
@NullMarked
package io.lamella.microbench;

import org.jspecify.annotations.NullMarked;
