package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One thing that a capability needs. The table of them is {@link Requirements}.
 *
 * @param names what it is called; where there are several, one of them is enough
 * @param architecture {@code x86}, {@code arm64}, or empty where it is the same everywhere
 * @param module of a kernel option: the module it becomes where it is not built in; empty where it has to be built in
 * @param required false where the capability works without it, though worse
 * @param purpose what it is for, as the end of a sentence that begins with "for"
 * @param debian the Debian package that brings it; empty where none does
 * @param yocto the package of an OpenEmbedded layer that brings it; empty where none does
 */
public record Requirement(
        Capability capability,
        Kind kind,
        List<String> names,
        String architecture,
        String module,
        boolean required,
        String purpose,
        String debian,
        String yocto) {
    public static final String X86 = "x86";
    public static final String ARM64 = "arm64";

    public Requirement {
        names = List.copyOf(names);
    }

    /** What sort of thing. */
    public enum Kind {
        /** A symbol of the kernel's configuration, without {@code CONFIG_}. */
        OPTION,
        /** A controller of control groups, of version 1 or 2. */
        CONTROLLER,
        /** A device node or another file that the kernel makes where it can do something. */
        DEVICE,
        /** A flag in /proc/cpuinfo; firmware can hide it. */
        CPU,
        /** A program in the {@code PATH}. */
        TOOL;

        @Json.Value
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Requirement option(Capability capability, String name, String purpose) {
        return new Requirement(capability, Kind.OPTION, List.of(name), "", "", true, purpose, "", "");
    }

    static Requirement controller(Capability capability, String name, String purpose) {
        return new Requirement(capability, Kind.CONTROLLER, List.of(name), "", "", true, purpose, "", "");
    }

    static Requirement device(Capability capability, String path, String purpose) {
        return new Requirement(capability, Kind.DEVICE, List.of(path), "", "", true, purpose, "", "");
    }

    static Requirement cpu(Capability capability, List<String> flags, String purpose) {
        return new Requirement(capability, Kind.CPU, flags, X86, "", true, purpose, "", "");
    }

    static Requirement tool(Capability capability, String name, String debian, String yocto, String purpose) {
        return new Requirement(capability, Kind.TOOL, List.of(name), "", "", true, purpose, debian, yocto);
    }

    Requirement module(String name) {
        return new Requirement(capability, kind, names, architecture, name, required, purpose, debian, yocto);
    }

    Requirement or(String name) {
        List<String> more = new ArrayList<>(names);
        more.add(name);
        return new Requirement(capability, kind, more, architecture, module, required, purpose, debian, yocto);
    }

    Requirement on(String only) {
        return new Requirement(capability, kind, names, only, module, required, purpose, debian, yocto);
    }

    Requirement recommended() {
        return new Requirement(capability, kind, names, architecture, module, false, purpose, debian, yocto);
    }

    /** Whether it concerns a machine that uname(1) calls {@code machine}, such as {@code x86_64} or {@code aarch64}. */
    public boolean concerns(String machine) {
        return switch (architecture) {
            case X86 -> machine.equals("x86_64");
            case ARM64 -> machine.equals("aarch64");
            default -> true;
        };
    }

    /** The values of a kernel option that are enough, such as {@code y, m}. */
    public String accepted() {
        return module.isEmpty() ? "y" : "y, m";
    }

    /** The names, such as {@code vmx or svm}. */
    public String name() {
        return String.join(" or ", names);
    }

    /** The file name of the kernel fragment that sets an option, such as {@code kvm-x86.cfg}. */
    public String fragment() {
        return capability.word() + (architecture.isEmpty() ? "" : "-" + architecture) + ".cfg";
    }

    /** What to do where it is missing. */
    public String broughtBy() {
        return switch (kind) {
            case OPTION -> "fragment " + fragment();
            case CONTROLLER -> "fragment " + capability.word() + ".cfg and, for memory, no cgroup_disable=memory";
            case DEVICE -> "fragment " + capability.word() + ".cfg and the modules of it";
            case CPU -> "the processor, and the firmware's setup where it can be switched off there";
            case TOOL -> "Debian: " + orNone(debian) + "; Yocto: " + orNone(yocto);
        };
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "none" : text;
    }
}
