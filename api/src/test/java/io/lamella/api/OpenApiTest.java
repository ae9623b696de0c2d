package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.BackendKind;
import io.lamella.model.Problem;
import io.lamella.store.SqliteStore;
import io.lamella.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** openapi.yaml says what the code does: the same routes, parameters, access and fields, both ways. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete", "head", "options");

    @TempDir
    static Path directory;

    private static Map<String, Object> document = Map.of();
    private static List<Route> routes = List.of();

    @BeforeAll
    static void load() throws IOException {
        try (InputStream in = NodeCalls.openApi()) {
            document = map(new Load(LoadSettings.builder().build()).loadFromInputStream(in));
        }
        try (Store store = SqliteStore.open(directory)) {
            routes = Routes.of(PlainPorts.compute(store), new Tokens(store, Clock.systemUTC()));
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    private static Map<String, Object> child(Map<String, Object> parent, String key) {
        return map(Objects.requireNonNull(parent.get(key), key));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> parent, String key) {
        return (List<Object>) parent.getOrDefault(key, List.of());
    }

    /** Follows references, checking that they lead somewhere. */
    private static Map<String, Object> resolved(Object value) {
        Map<String, Object> node = map(value);
        if (!(node.get("$ref") instanceof String reference)) {
            return node;
        }
        assertThat(reference).startsWith("#/");
        Map<String, Object> target = document;
        for (String part : reference.substring(2).split("/", -1)) {
            assertThat(target).as(reference).containsKey(part);
            target = child(target, part);
        }
        return resolved(target);
    }

    private static Map<String, Map<String, Object>> operations() {
        Map<String, Map<String, Object>> operations = new TreeMap<>();
        child(document, "paths")
                .forEach((path, item) -> map(item).forEach((method, operation) -> {
                    if (METHODS.contains(method)) {
                        operations.put(method.toUpperCase(Locale.ROOT) + " " + path, map(operation));
                    }
                }));
        return operations;
    }

    private static Set<String> parameters(Route route, String in) {
        Map<String, Object> item =
                child(child(document, "paths"), route.template().toString());
        List<Object> all = new ArrayList<>(list(item, "parameters"));
        all.addAll(list(child(item, route.method().toLowerCase(Locale.ROOT)), "parameters"));
        Set<String> names = new TreeSet<>();
        for (Object parameter : all) {
            Map<String, Object> p = resolved(parameter);
            if (in.equals(p.get("in"))) {
                assertThat(names.add((String) p.get("name"))).as(p.toString()).isTrue();
            }
        }
        return names;
    }

    @Test
    void everyRouteIsDescribedAndEveryDescriptionIsARoute() {
        assertThat(routes).extracting(Route::toString).doesNotHaveDuplicates();
        assertThat(operations().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        routes.stream().map(Route::toString).toList());
    }

    @Test
    void theParametersAreTheSame() {
        for (Route route : routes) {
            assertThat(parameters(route, "path"))
                    .as(route.toString())
                    .containsExactlyInAnyOrderElementsOf(route.template().variables());
            assertThat(parameters(route, "query"))
                    .as(route.toString())
                    .containsExactlyInAnyOrderElementsOf(route.query());
        }
    }

    @Test
    void whoMayCallIsTheSame() {
        for (Route route : routes) {
            assertThat(operations().get(route.toString()))
                    .as(route.toString())
                    .containsEntry("x-access", route.access().name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void operationsHaveUniqueIdsAndDescribeErrors() {
        Set<Object> ids = new HashSet<>();
        operations().forEach((name, operation) -> {
            assertThat(ids.add(operation.get("operationId"))).as(name).isTrue();
            assertThat(resolved(child(child(operation, "responses"), "default")).toString())
                    .as(name)
                    .contains("Problem");
        });
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        walk(document);
    }

    private static void walk(Object node) {
        if (node instanceof Map<?, ?> map) {
            if (map.containsKey("$ref")) {
                assertThat(resolved(map)).isNotEmpty();
            }
            map.values().forEach(OpenApiTest::walk);
        } else if (node instanceof Collection<?> list) {
            list.forEach(OpenApiTest::walk);
        }
    }

    /** The class that a schema describes; empty for the one-line forms that have no record. */
    private static Optional<Class<?>> type(String schema) {
        try {
            return Optional.of(Class.forName(Problem.class.getPackageName() + "." + schema.replace('.', '$')));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    @Test
    void everySchemaHasItsRecordsFields() {
        child(child(document, "components"), "schemas").forEach((name, schema) -> {
            Map<String, Object> described = map(schema);
            if ("object".equals(described.get("type"))) {
                Class<?> type = type(name).orElseThrow(() -> new AssertionError("no record " + name));
                assertThat(type.isRecord()).as(name).isTrue();
                Set<String> properties = child(described, "properties").keySet();
                assertThat(properties)
                        .as(name)
                        .containsExactlyInAnyOrderElementsOf(Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getName)
                                .toList());
                assertThat(properties).as(name).containsAll(strings(list(described, "required")));
                for (RecordComponent component : type.getRecordComponents()) {
                    checkProperty(name, component, child(child(described, "properties"), component.getName()));
                    if (component.getType() == Optional.class) {
                        assertThat(list(described, "required")).as(name).doesNotContain(component.getName());
                    }
                }
            }
        });
    }

    /** A record's property refers to that record; a number is a number. */
    private static void checkProperty(String schema, RecordComponent component, Map<String, Object> property) {
        Class<?> type = component.getType();
        String about = schema + "." + component.getName();
        if (type == int.class || type == long.class) {
            assertThat(property.get("type")).as(about).isEqualTo("integer");
        } else if (type == double.class) {
            assertThat(property.get("type")).as(about).isEqualTo("number");
        } else if (type == boolean.class) {
            assertThat(property.get("type")).as(about).isEqualTo("boolean");
        } else if (type == List.class) {
            assertThat(property.get("type")).as(about).isEqualTo("array");
        } else {
            String name =
                    type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
            if (child(child(document, "components"), "schemas").containsKey(name)) {
                assertThat(property.get("$ref")).as(about).isEqualTo("#/components/schemas/" + name);
            }
        }
    }

    private static List<String> strings(List<Object> values) {
        return values.stream().map(String.class::cast).toList();
    }

    @Test
    void everyEnumHasItsWords() throws ReflectiveOperationException {
        int checked = 0;
        for (Map.Entry<String, Object> schema :
                child(child(document, "components"), "schemas").entrySet()) {
            Optional<Class<?>> type = type(schema.getKey()).filter(Class::isEnum);
            if (type.isPresent()) {
                Method word = type.get().getMethod("word");
                List<Object> words = new ArrayList<>();
                for (Object constant : type.get().getEnumConstants()) {
                    words.add(word.invoke(constant));
                }
                assertThat(list(map(schema.getValue()), "enum"))
                        .as(schema.getKey())
                        .isEqualTo(words);
                checked++;
            }
        }
        assertThat(checked).as("such as " + BackendKind.class).isGreaterThanOrEqualTo(4);
    }
}
