@NullMarked
package io.lamella.linux;

import org.jspecify.annotations.NullMarked;
