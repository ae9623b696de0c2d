package io.lamella.systemtest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the "may use" column of ARCHITECTURE.md's table of rooms. */
class ArchitectureTest {
    private static final String ROOT = "io.lamella.";

    /** The rooms and what each may use besides itself. */
    private static final Map<String, Set<String>> MAY_USE = new LinkedHashMap<>();

    static {
        MAY_USE.put("model", Set.of());
        MAY_USE.put("linux", Set.of());
        MAY_USE.put("ovsdb", Set.of());
        MAY_USE.put("openflow", Set.of());
        MAY_USE.put("flowspace", Set.of("model", "openflow"));
        MAY_USE.put("store", Set.of("model"));
        MAY_USE.put("compute", Set.of("model", "store"));
        MAY_USE.put("image", Set.of("model", "compute", "linux"));
        MAY_USE.put("isolation", Set.of("model", "compute", "linux"));
        MAY_USE.put("backend.lxc", Set.of("model", "compute", "linux"));
        MAY_USE.put("guest", Set.of("model", "compute", "linux"));
        MAY_USE.put("backend.kvm", Set.of("model", "compute", "linux", "guest"));
        MAY_USE.put("backend.xen", Set.of("model", "compute", "linux", "guest"));
        MAY_USE.put("network", Set.of("model", "compute", "linux", "ovsdb", "openflow"));
        MAY_USE.put("api", Set.of("model", "store", "compute"));
        MAY_USE.put("cli", Set.of("model", "flowspace"));
        MAY_USE.put("microbench", Set.of("model"));
    }

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.lamella");

    @Test
    void roomsUseOnlyWhatTheyMay() {
        MAY_USE.forEach((room, allowed) -> {
            for (String other : MAY_USE.keySet()) {
                if (!other.equals(room) && !allowed.contains(other)) {
                    check(room, other);
                }
            }
            check(room, "daemon");
        });
    }

    private static void check(String room, String other) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + other)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyRoomIsInTheTable() {
        Set<String> rooms = new TreeSet<>();
        for (JavaClass c : CLASSES) {
            rooms.add(c.getPackageName().substring(ROOT.length()).replace(".jsonb", "")); // generated adapters
        }
        rooms.remove("daemon");
        assertThat(MAY_USE.keySet()).containsAll(rooms);
    }

    @Test
    void onlyTheKernelsRoomAndTheLxcBackendCallForeignFunctions() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "linux", ROOT + "backend.lxc")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign")
                .check(CLASSES);
    }
}
