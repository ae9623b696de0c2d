package io.lamella.model;

import io.lamella.model.Requirement.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Kernel configuration fragments that bring what {@link Requirements} ask of a kernel. */
public final class KernelFragment {
    private KernelFragment() {}

    /** Every fragment by its file name, such as {@code kvm-x86.cfg}. */
    public static Map<String, String> all() {
        Map<String, List<Requirement>> files = new LinkedHashMap<>();
        for (Requirement r : Requirements.all()) {
            if (r.kind() == Kind.OPTION) {
                files.computeIfAbsent(r.fragment(), f -> new ArrayList<>()).add(r);
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        files.forEach((file, options) -> texts.put(file, text(options)));
        return texts;
    }

    /**
     * One text for several capabilities, to be merged into the configuration of a kernel for {@code machine}, as uname(1)
     * calls it.
     */
    public static String of(List<Capability> capabilities, String machine) {
        StringBuilder s = new StringBuilder();
        for (Capability c : capabilities) {
            List<Requirement> options = Requirements.all().stream()
                    .filter(r -> r.kind() == Kind.OPTION && r.capability() == c && r.concerns(machine))
                    .toList();
            s.append(s.isEmpty() ? "" : "\n").append(text(options));
        }
        return s.toString();
    }

    private static String text(List<Requirement> options) {
        Requirement first = options.getFirst();
        StringBuilder s = new StringBuilder("# SPDX-License-Identifier: Apache-2.0\n# Lamella, ")
                .append(first.capability().word())
                .append(": ")
                .append(first.capability().meaning())
                .append(".\n# Generated from the table of \"lamella node check\"; do not edit.\n");
        for (Requirement r : options) {
            s.append("# for ")
                    .append(r.purpose())
                    .append(r.required() ? "" : " (recommended)")
                    .append('\n');
            for (String name : r.names()) {
                // built in also where a module would do: a module that no package brought is as absent, and one in
                // place
                // of what the machine boots from leaves it in the dark
                s.append("CONFIG_").append(name).append("=y\n");
            }
        }
        return s.toString();
    }
}
