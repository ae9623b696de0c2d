@NullMarked
package io.lamella.isolation;

import org.jspecify.annotations.NullMarked;
