package io.lamella.image;

import io.avaje.json.mapper.JsonMapper;
import io.lamella.compute.ImageStore.Content;
import io.lamella.model.Firmware;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the store remembers of a content, in a file beside it. */
final class Metadata {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Metadata() {}

    static byte[] write(Content content) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", content.digest());
        json.put("format", content.format());
        json.put("size", content.size());
        json.put("files", content.files());
        json.put("devicesLeftOut", content.devicesLeftOut());
        content.firmware().ifPresent(firmware -> json.put("firmware", firmware.word()));
        return MAPPER.toJson(json).getBytes(StandardCharsets.UTF_8);
    }

    static Optional<Content> read(Path file) {
        try {
            Map<String, Object> json = OciJson.parse(Files.readAllBytes(file), "metadata");
            return Optional.of(new Content(
                    OciJson.text(json, "digest"),
                    OciJson.text(json, "format"),
                    OciJson.number(json, "size"),
                    OciJson.number(json, "files"),
                    OciJson.number(json, "devicesLeftOut"),
                    Optional.of(OciJson.textOr(json, "firmware", ""))
                            .filter(word -> !word.isEmpty())
                            .map(word -> Firmware.parse("firmware", word))));
        } catch (Refusal e) {
            throw Refusal.unavailable(file + " in the image store is damaged: delete the image and import it again");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw Storage.refusal("read " + file.getFileName(), e);
        }
    }
}
