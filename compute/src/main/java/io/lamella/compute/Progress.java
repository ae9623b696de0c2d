package io.lamella.compute;

/** Is told how far long work has come. */
@FunctionalInterface
public interface Progress {
    /**
     * @param step what is being done, in words
     * @param done how much of {@code total}; both 0 where nothing can be counted
     */
    void report(String step, long done, long total);
}
