package io.lamella.cli;

import io.lamella.model.Codec;
import io.lamella.model.Refusal;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads a record from YAML. The keys allowed are the components of the records, so that file and API cannot drift apart;
 * every mistake is refused with its line.
 */
final class RecordFile {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_CHARACTERS = 16 << 20;
    private static final Set<Class<?>> NUMBERS = Set.of(int.class, Integer.class, long.class, Long.class);
    private static final Set<Class<?>> TRUTHS = Set.of(boolean.class, Boolean.class);

    /** A map of the file, which becomes a record. */
    private record Part(Class<?> record, Node node, String path, Map<String, @Nullable Object> content) {}

    private final String file;

    /** Inner ones before those that hold them. */
    private final List<Part> parts = new ArrayList<>();

    private RecordFile(String file) {
        this.file = file;
    }

    /**
     * @param file what the file is called in error messages
     * @throws Failure where the text is no YAML or not what the record can be
     */
    static <T> T read(Class<T> record, String file, String text) {
        RecordFile reader = new RecordFile(file);
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setMaxAliasesForCollections(50)
                .setCodePointLimit(MAX_CHARACTERS)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                throw Failure.wrongUse(file + " is empty: it must hold slices");
            }
            return reader.read(record, Json.line(reader.value(record, root.get(), "", 0)));
        } catch (MarkedYamlEngineException e) {
            String where =
                    e.getProblemMark().map(m -> ", line " + (m.getLine() + 1)).orElse("");
            throw Failure.wrongUse(file + where + ": " + e.getProblem());
        } catch (YamlEngineException e) {
            throw Failure.wrongUse(file + " is not YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw Failure.wrongUse(file + " nests too deeply");
        }
    }

    /** What a record refuses is refused at the innermost one that does. */
    private <T> T read(Class<T> record, String json) {
        try {
            return Codec.read(record, json);
        } catch (Refusal e) {
            for (Part part : parts) {
                try {
                    Codec.read(part.record, Json.line(part.content));
                } catch (Refusal inner) {
                    throw wrong(part.node, part.path + (part.path.isEmpty() ? "" : ": ") + inner.getMessage());
                }
            }
            throw Failure.wrongUse(file + ": " + e.getMessage());
        }
    }

    private @Nullable Object value(Type type, Node node, String path, int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong(node, "this nests too deeply");
        }
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL)) {
            return null;
        }
        Class<?> raw = type instanceof ParameterizedType p ? (Class<?>) p.getRawType() : (Class<?>) type;
        if (raw == Optional.class) {
            return value(argument(type), node, path, depth + 1);
        }
        if (raw == List.class) {
            return list(argument(type), node, path, depth);
        }
        if (raw == Map.class) {
            return texts(node, path);
        }
        if (raw.isRecord() && !hasOneLineForm(raw)) {
            return map(raw, node, path, depth);
        }
        if (!(node instanceof ScalarNode scalar)) {
            throw wrong(node, path + " must be one value, not a list or a map");
        }
        if (NUMBERS.contains(raw)) {
            return number(scalar, path);
        }
        if (TRUTHS.contains(raw)) {
            return truth(scalar, path);
        }
        return scalar.getValue();
    }

    /** Such as {@code ByteSize}: a record that is read from one string by its own {@code parse(field, text)}. */
    private static boolean hasOneLineForm(Class<?> record) {
        return Arrays.stream(record.getMethods())
                .anyMatch(m -> m.getName().equals("parse") && m.getParameterCount() == 2);
    }

    private static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    private List<Object> list(Type item, Node node, String path, int depth) {
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong(node, path + " must be a list");
        }
        List<Object> list = new ArrayList<>();
        for (Node n : sequence.getValue()) {
            String place = path + "[" + list.size() + "]";
            Object value = value(item, n, place, depth + 1);
            if (value == null) {
                throw wrong(n, place + " is empty");
            }
            list.add(value);
        }
        return list;
    }

    private Map<String, @Nullable Object> map(Class<?> record, Node node, String path, int depth) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(node, (path.isEmpty() ? "the file" : path) + " must be a map of keys and values");
        }
        Map<String, Type> allowed = new LinkedHashMap<>();
        for (RecordComponent c : record.getRecordComponents()) {
            allowed.put(c.getName(), c.getGenericType());
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode s ? s.getValue() : "";
            Type type = allowed.get(key);
            if (type == null) {
                throw wrong(
                        tuple.getKeyNode(),
                        "the key \"" + key + "\" is unknown" + (path.isEmpty() ? "" : " in " + path)
                                + Suggestion.among(key, List.copyOf(allowed.keySet())) + ": allowed are "
                                + String.join(", ", allowed.keySet()));
            }
            if (map.containsKey(key)) {
                throw wrong(tuple.getKeyNode(), "the key \"" + key + "\" is there twice");
            }
            map.put(key, value(type, tuple.getValueNode(), path.isEmpty() ? key : path + "." + key, depth + 1));
        }
        parts.add(new Part(record, node, path, map));
        return map;
    }

    /** Keys that only the record knows, with one value each. */
    private Map<String, String> texts(Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(node, path + " must be a map of keys and values");
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode s ? s.getValue() : "";
            if (!(tuple.getValueNode() instanceof ScalarNode value)) {
                throw wrong(tuple.getKeyNode(), path + "." + key + " must be one value, not a list or a map");
            }
            if (map.put(key, value.getValue()) != null) {
                throw wrong(tuple.getKeyNode(), "the key \"" + key + "\" is there twice");
            }
        }
        return map;
    }

    private Object number(ScalarNode scalar, String path) {
        try {
            return new BigDecimal(scalar.getValue()).intValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw wrong(scalar, path + " \"" + scalar.getValue() + "\" is not allowed: it must be a whole number");
        }
    }

    private Object truth(ScalarNode scalar, String path) {
        return switch (scalar.getValue()) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw wrong(scalar, path + " \"" + scalar.getValue() + "\" is not allowed: it must be true or false");
        };
    }

    private Failure wrong(Node node, String sentence) {
        String line =
                node.getStartMark().map(m -> ", line " + (m.getLine() + 1)).orElse("");
        return Failure.wrongUse(file + line + ": " + sentence);
    }
}
