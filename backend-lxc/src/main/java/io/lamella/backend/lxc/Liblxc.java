package io.lamella.backend.lxc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Questions to liblxc that need no process of their own (lxc/lxccontainer.h). What forks goes through LXC's tools. Any
 * thread; one question per container at a time.
 */
final class Liblxc {
    /** The begin of struct lxc_container up to init_pid; liblxc only ever appends to it. */
    private static final MemoryLayout CONTAINER = MemoryLayout.structLayout(
            ADDRESS.withName("name"),
            ADDRESS.withName("configfile"),
            ADDRESS.withName("pidfile"),
            ADDRESS.withName("slock"),
            ADDRESS.withName("privlock"),
            JAVA_INT.withName("numthreads"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("lxc_conf"),
            ADDRESS.withName("error_string"),
            JAVA_INT.withName("error_num"),
            JAVA_INT.withName("daemonize"),
            ADDRESS.withName("config_path"),
            ADDRESS.withName("is_defined"),
            ADDRESS.withName("state"),
            ADDRESS.withName("is_running"),
            ADDRESS.withName("freeze"),
            ADDRESS.withName("unfreeze"),
            ADDRESS.withName("init_pid"));

    private static final int LONGEST_WORD = 64;

    private final MethodHandle create;
    private final MethodHandle release;
    private final MethodHandle state;
    private final MethodHandle initPid;
    private final String version;
    private final String lxcPath;
    private final Map<String, Container> containers = new ConcurrentHashMap<>();

    private Liblxc(SymbolLookup library, Path lxcPath) {
        Linker linker = Linker.nativeLinker();
        this.create = linker.downcallHandle(
                library.findOrThrow("lxc_container_new"), FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        this.release = linker.downcallHandle(
                library.findOrThrow("lxc_container_put"), FunctionDescriptor.of(JAVA_INT, ADDRESS));
        this.state = linker.downcallHandle(FunctionDescriptor.of(ADDRESS, ADDRESS));
        this.initPid = linker.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS));
        this.lxcPath = lxcPath.toString();
        try {
            MethodHandle tell =
                    linker.downcallHandle(library.findOrThrow("lxc_get_version"), FunctionDescriptor.of(ADDRESS));
            this.version = word((MemorySegment) tell.invokeExact());
        } catch (Throwable e) {
            throw new IllegalStateException("lxc_get_version", e);
        }
    }

    /** Empty where the node has no liblxc.so.1, or one without the functions that every release since 1.0 has. */
    static Optional<Liblxc> load(Path lxcPath) {
        try {
            return Optional.of(new Liblxc(SymbolLookup.libraryLookup("liblxc.so.1", Arena.global()), lxcPath));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            return Optional.empty();
        }
    }

    String version() {
        return version;
    }

    /** LXC's word for what the container does: {@code STOPPED}, {@code RUNNING}, {@code FROZEN}, ... */
    String state(String name) {
        return container(name).state();
    }

    /** The host's id of its first process; 0 or less where there is none. */
    int initPid(String name) {
        return container(name).initPid();
    }

    /** Frees what is held of a container that is asked about no more. */
    void forget(String name) {
        Container container = containers.remove(name);
        if (container != null) {
            container.close();
        }
    }

    private Container container(String name) {
        return containers.computeIfAbsent(name, Container::new);
    }

    private static String word(MemorySegment string) {
        return string.equals(MemorySegment.NULL)
                ? ""
                : string.reinterpret(LONGEST_WORD).getString(0);
    }

    private final class Container {
        private final MemorySegment struct;
        private boolean closed;

        Container(String name) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment made =
                        (MemorySegment) create.invokeExact(arena.allocateFrom(name), arena.allocateFrom(lxcPath));
                if (made.equals(MemorySegment.NULL)) {
                    throw new IllegalStateException("liblxc has no memory for " + name);
                }
                this.struct = made.reinterpret(CONTAINER.byteSize());
            } catch (RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("lxc_container_new", e);
            }
        }

        private MemorySegment function(String name) {
            return struct.get(ADDRESS, CONTAINER.byteOffset(MemoryLayout.PathElement.groupElement(name)));
        }

        synchronized String state() {
            if (closed) {
                return "STOPPED";
            }
            try {
                return word((MemorySegment) state.invokeExact(function("state"), struct));
            } catch (Throwable e) {
                throw new IllegalStateException("lxc_container.state", e);
            }
        }

        synchronized int initPid() {
            if (closed) {
                return -1;
            }
            try {
                return (int) initPid.invokeExact(function("init_pid"), struct);
            } catch (Throwable e) {
                throw new IllegalStateException("lxc_container.init_pid", e);
            }
        }

        synchronized void close() {
            if (!closed) {
                closed = true;
                try {
                    int ignored = (int) release.invokeExact(struct);
                } catch (Throwable e) {
                    throw new IllegalStateException("lxc_container_put", e);
                }
            }
        }
    }
}
