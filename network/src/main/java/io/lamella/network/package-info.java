@NullMarked
package io.lamella.network;

import org.jspecify.annotations.NullMarked;
