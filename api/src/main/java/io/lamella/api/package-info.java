@NullMarked
package io.lamella.api;

import org.jspecify.annotations.NullMarked;
