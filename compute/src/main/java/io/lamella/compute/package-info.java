@NullMarked
package io.lamella.compute;

import org.jspecify.annotations.NullMarked;
