package io.lamella.isolation;

import io.lamella.model.IsolationProfile;
import java.util.function.Function;

/**
 * A row of the checklist. Looking is its probe and its verification: what it wants and does not find is what applying
 * it changes, and what has drifted later. Undoing is the journal's, the same for all.
 *
 * @param from the first profile that asks for it
 * @param cost what it costs the node
 */
record Action(String name, IsolationProfile from, String cost, Function<Scene, Finding> look) {}
