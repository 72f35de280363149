package io.funcobserver.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The effective value of every property: {@code --set} before the environment before {@code application.properties}
 * before the defaults of {@link Catalogue}.
 *
 * <p>The getters throw {@link IllegalArgumentException} for a key that the catalogue does not have with that type, and
 * {@link IllegalStateException} for a value that there is none of.
 */
public final class Settings {
    private final Catalogue catalogue;
    private final Map<String, Object> values;
    private final Map<String, String> texts;
    private final Map<String, String> passedThrough;

    Settings(
            Catalogue catalogue,
            Map<String, Object> values,
            Map<String, String> texts,
            Map<String, String> passedThrough) {
        this.catalogue = catalogue;
        this.values = Map.copyOf(values);
        this.texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
        this.passedThrough = Collections.unmodifiableMap(new TreeMap<>(passedThrough));
    }

    /**
     * Reads settings and all that is wrong with them.
     *
     * @param routeIds of every route file; those that are no standard measurement get {@code measurement.<id>.enabled}
     *     and {@code .period} too
     */
    public static Reading read(SettingsSources sources, Collection<String> routeIds) {
        return new SettingsReader(sources).read(routeIds);
    }

    /**
     * Settings from nothing but these values and the defaults.
     *
     * @throws ConfigurationException if any is unknown, malformed or missing
     */
    public static Settings of(Map<String, String> given) {
        return read(new SettingsSources(given, Map.of(), null), List.of()).orThrow();
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    /** The value as it was given, or null where there is none; of {@code auto}, what it stands for. */
    public String text(String key) {
        property(key);
        return texts.get(key);
    }

    public Duration duration(String key) {
        return value(key, Duration.class);
    }

    /** In bytes. */
    public long size(String key) {
        return value(key, Long.class);
    }

    public int number(String key) {
        return value(key, Integer.class);
    }

    public boolean flag(String key) {
        return value(key, Boolean.class);
    }

    /** Of the {@code …_iso} fields. */
    public ZoneId zone() {
        return given("func.time-zone") ? value("func.time-zone", ZoneId.class) : ZoneId.systemDefault();
    }

    /** The tags that every point has: those of {@code func.tags}, in their order, and {@code site_name}. */
    public Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        if (given("func.tags")) {
            tags.putAll(value("func.tags", FixedTags.class).values());
        }
        String site = text("func.site-name");
        if (site != null && !site.isEmpty()) {
            tags.put("site_name", site);
        }
        return tags;
    }

    /** Where to deliver to: each of {@code targets}, or else the one of {@code target.*}, which is called {@code main}. */
    public List<TargetSettings> targets() {
        if (!given("targets")) {
            return List.of(TargetSettings.of(this, TargetSettings.MAIN, "target."));
        }
        List<?> names = value("targets", List.class);
        return names.stream()
                .map(name -> TargetSettings.of(this, (String) name, "target." + name + '.'))
                .toList();
    }

    /**
     * Every property of the catalogue, for placeholders in routes; where there is no value, an empty text. Holds
     * secrets.
     */
    public Map<String, String> effective() {
        Map<String, String> effective = new LinkedHashMap<>();
        catalogue
                .properties()
                .forEach(property -> effective.put(property.key(), texts.getOrDefault(property.key(), "")));
        effective.put("func.time-zone", zone().getId());
        return effective;
    }

    /** The {@code camel.*} properties, which go to Camel as they are. */
    public Map<String, String> camel() {
        return passedThrough("camel.");
    }

    /** The {@code logging.*} properties. */
    public Map<String, String> logging() {
        return passedThrough("logging.");
    }

    /** What Kafka's clients are told, by the names that they know, {@code bootstrap.servers} among them. Holds secrets. */
    public Map<String, String> kafka() {
        Map<String, String> kafka = new TreeMap<>();
        passedThrough("kafka.").forEach((key, value) -> kafka.put(key.substring("kafka.".length()), value));
        if (given("kafka.brokers")) {
            kafka.put("bootstrap.servers", text("kafka.brokers"));
        }
        return kafka;
    }

    boolean given(String key) {
        return values.containsKey(key);
    }

    /** Everything that is passed through, by its whole key. */
    Map<String, String> passedThrough() {
        return passedThrough;
    }

    private Map<String, String> passedThrough(String prefix) {
        Map<String, String> found = new TreeMap<>(passedThrough);
        found.keySet().removeIf(key -> !key.startsWith(prefix));
        return found;
    }

    private <T> T value(String key, Class<T> type) {
        property(key);
        Object value = values.get(key);
        if (value == null) {
            throw new IllegalStateException(key + " has no value");
        }
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(key + " is not a " + type.getSimpleName());
        }
        return type.cast(value);
    }

    private Property property(String key) {
        Property property = catalogue.find(key);
        if (property == null) {
            throw new IllegalArgumentException(key + " is not in the catalogue of properties");
        }
        return property;
    }

    /** Names no value, so that no secret gets into a log by way of this. */
    @Override
    public String toString() {
        return "Settings of " + texts.keySet();
    }
}
