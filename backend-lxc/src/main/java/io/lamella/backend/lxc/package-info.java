@NullMarked
package io.lamella.backend.lxc;

import org.jspecify.annotations.NullMarked;
