@NullMarked
package io.lamella.image;

import org.jspecify.annotations.NullMarked;
