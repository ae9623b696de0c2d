package io.lamella.compute;

import io.lamella.model.InstancePatch;
import io.lamella.model.InstanceSpec;
import io.lamella.model.NetworkSpec;
import io.lamella.model.SliceSpec;

/** Where a declaration is carried out: on the node, or for a rehearsal on its records alone. */
interface Stage {
    void createSlice(SliceSpec spec);

    void updateSlice(SliceSpec spec);

    void deleteSlice(String slice);

    void createNetwork(String slice, NetworkSpec spec);

    void deleteNetwork(String slice, String name);

    void launch(String slice, InstanceSpec spec, boolean running);

    void update(String slice, String name, InstancePatch patch);

    void start(String slice, String name);

    void stop(String slice, String name);

    void deleteInstance(String slice, String name);
}
