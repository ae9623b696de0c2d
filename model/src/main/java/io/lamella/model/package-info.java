@NullMarked
package io.lamella.model;

import org.jspecify.annotations.NullMarked;
