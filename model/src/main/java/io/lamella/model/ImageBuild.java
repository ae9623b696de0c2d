package io.lamella.model;

import io.avaje.jsonb.Json;

/**
 * A request to build an image on the node.
 *
 * @param name the new image's name
 * @param recipe {@code busybox} or {@code debian13}
 */
@Json
public record ImageBuild(String name, String recipe) {
    public ImageBuild {
        name = Names.checkImage("name", Given.required("name", name));
        recipe = Given.required("recipe", recipe);
    }
}
