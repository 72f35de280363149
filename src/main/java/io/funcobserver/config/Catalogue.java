package io.funcobserver.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Every property there is, and every measurement that comes with the product, as {@code properties.yaml} lists them. */
public final class Catalogue {
    private static final String DATA = "properties.yaml";
    private static final String TARGET = "target.";

    /** Each target has these for itself: one target's token is nobody else's. */
    private static final Set<String> NOT_INHERITED = Set.of("url", "authorization");

    private static final Map<String, Map<String, Map<String, String>>> GROUPS = new LinkedHashMap<>();
    private static final Map<String, Map<String, String>> TEXTS = new LinkedHashMap<>();
    private static final Map<String, Measurement> MEASUREMENTS = new LinkedHashMap<>();

    static {
        load();
    }

    /**
     * A measurement that comes with the product.
     *
     * @param id of its route
     * @param name on the wire
     * @param period how often it is read unless told otherwise; null for the same as others
     * @param keys its tags and fields
     * @param uploaded whether Func's own upload has it too
     */
    public record Measurement(String id, String name, String period, List<String> keys, boolean uploaded) {}

    private final Map<String, Property> properties = new LinkedHashMap<>();

    private Catalogue(Collection<String> furtherRouteIds, Collection<String> targets) {
        Set<String> ids = new LinkedHashSet<>(MEASUREMENTS.keySet());
        ids.addAll(furtherRouteIds);
        GROUPS.forEach((group, members) -> {
            for (String id : ids) {
                members.forEach((key, traits) -> ofMeasurement(group, key, traits, id));
            }
            members.forEach((key, traits) -> {
                if (!key.contains("<id>")) {
                    put(group, key, traits);
                }
            });
        });
        targets.forEach(this::named);
    }

    /** With the measurements of the product. */
    public static Catalogue standard() {
        return new Catalogue(List.of(), List.of());
    }

    /** With the measurements of the product, those of the user, and the properties of each of several targets. */
    public static Catalogue with(Collection<String> routeIds, Collection<String> targets) {
        return new Catalogue(routeIds, targets);
    }

    /** Those that come with the product. */
    public static Collection<Measurement> measurements() {
        return List.copyOf(MEASUREMENTS.values());
    }

    /** The route ids of the measurements that come with the product. */
    public static Set<String> standardRouteIds() {
        return new LinkedHashSet<>(MEASUREMENTS.keySet());
    }

    /** In the order in which they are documented. */
    public List<Property> properties() {
        return List.copyOf(properties.values());
    }

    /** The property of this key, or null. */
    public Property find(String key) {
        return properties.get(key);
    }

    private void ofMeasurement(String group, String key, Map<String, String> traits, String id) {
        if (key.contains("<id>")) {
            Map<String, String> own = new LinkedHashMap<>(traits);
            own.put("description", traits.get("description").replace("<id>", id));
            Measurement measurement = MEASUREMENTS.get(id);
            if (key.endsWith(".period") && measurement != null && measurement.period() != null) {
                own.put("default", measurement.period());
            }
            put(group, key.replace("<id>", id), own);
        }
    }

    /** The properties of one of several targets: those of {@code target.*}, of which the required one stays required. */
    private void named(String target) {
        for (Property property : properties()) {
            String name = property.key().startsWith(TARGET) ? property.key().substring(TARGET.length()) : ".";
            if (name.contains(".")) {
                continue;
            }
            String inherits = NOT_INHERITED.contains(name) ? null : property.key();
            Property own = property.as(TARGET + target + '.' + name, inherits, property.required());
            properties.put(own.key(), own);
        }
        properties.computeIfPresent("target.url", (key, url) -> url.as(key, null, false));
    }

    private void put(String group, String key, Map<String, String> traits) {
        properties.put(
                key,
                new Property(
                        group,
                        key,
                        PropertyType.of(traits.getOrDefault("type", "text"), TEXTS),
                        traits.get("default"),
                        null,
                        traits.containsKey("required"),
                        traits.containsKey("secret"),
                        traits.get("description")));
    }

    @SuppressWarnings("unchecked")
    private static void load() {
        // Without types of its own: every scalar is the text that stands there.
        LoadSettings asTexts =
                LoadSettings.builder().setSchema(new FailsafeSchema()).build();
        try (InputStream in = Catalogue.class.getResourceAsStream(DATA)) {
            Map<String, Object> data = (Map<String, Object>) new Load(asTexts).loadFromInputStream(in);
            GROUPS.putAll((Map<String, Map<String, Map<String, String>>>) data.get("properties"));
            TEXTS.putAll((Map<String, Map<String, String>>) data.get("texts"));
            ((Map<String, Map<String, String>>) data.get("measurements"))
                    .forEach((id, traits) -> MEASUREMENTS.put(
                            id,
                            new Measurement(
                                    id,
                                    traits.get("name"),
                                    traits.get("period"),
                                    List.of(traits.get("keys").split("\\s+")),
                                    !traits.containsKey("uploaded"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
