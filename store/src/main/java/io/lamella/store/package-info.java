@NullMarked
package io.lamella.store;

import org.jspecify.annotations.NullMarked;
