package io.lamella.api;

import io.lamella.compute.Images;
import io.lamella.model.Firmware;
import io.lamella.model.Image;
import io.lamella.model.ImageBuild;
import io.lamella.model.Names;
import io.lamella.model.Operation;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.util.Optional;

/** Images, which all slices share. */
final class ImageCalls {
    private final Images images;

    ImageCalls(Images images) {
        this.images = images;
    }

    Reply list(Call call) {
        return Reply.ok(images.list());
    }

    Reply get(Call call) {
        return Reply.ok(images.get(call.path("image")));
    }

    Reply importArchive(Call call) {
        String name = Names.checkImage(
                "name", call.query().text("name").orElseThrow(() -> Refusal.invalid("name", "name is missing")));
        Optional<String> sha256 = call.query().text("sha256");
        sha256.filter(digest -> !digest.matches("[0-9a-fA-F]{64}")).ifPresent(digest -> {
            throw Refusal.invalid("sha256", digest, "64 hexadecimal digits");
        });
        Optional<Firmware> firmware = call.query().text("firmware").map(word -> Firmware.parse("firmware", word));
        Image made = images.importArchive(name, call.archive(), sha256, call.length(), firmware);
        return Reply.created(made, "/images/" + made.name());
    }

    Reply build(Call call) throws IOException {
        Operation started = images.build(call.body(ImageBuild.class));
        return Reply.accepted(started, "/operations/" + started.id());
    }

    Reply delete(Call call) {
        images.delete(call.path("image"));
        return new Reply.Done();
    }
}
