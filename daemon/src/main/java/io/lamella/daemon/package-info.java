@NullMarked
package io.lamella.daemon;

import org.jspecify.annotations.NullMarked;
