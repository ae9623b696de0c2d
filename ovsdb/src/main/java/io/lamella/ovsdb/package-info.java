@NullMarked
package io.lamella.ovsdb;

import org.jspecify.annotations.NullMarked;
