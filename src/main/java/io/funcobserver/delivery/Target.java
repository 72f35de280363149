package io.funcobserver.delivery;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;

/**
 * A receiver, and how it is reached.
 *
 * @param urls where each category goes
 */
public record Target(TargetSettings settings, Map<Category, TargetUrl> urls) {
    /** The receivers that the settings name. */
    public static List<Target> all(Settings settings) {
        return settings.targets().stream().map(Target::of).toList();
    }

    /** @throws IllegalArgumentException for anything but an http or https URL */
    public static Target of(TargetSettings settings) {
        return new Target(
                settings,
                Map.of(
                        Category.METRIC, TargetUrl.of(settings.url(), settings.metricPath()),
                        Category.LOGGING, TargetUrl.of(settings.url(), settings.loggingPath())));
    }

    public String name() {
        return settings.name();
    }

    public TargetUrl url(Category category) {
        return urls.get(category);
    }

    /** What is sent to it. */
    public List<Destination> sent() {
        return Arrays.stream(Category.values())
                .filter(category -> url(category).isSent())
                .map(category -> new Destination(name(), category))
                .toList();
    }

    /** What the names of its properties begin with: {@code target.}, or {@code target.NAME.} for one of {@code targets}. */
    public String prefix() {
        return settings.prefix();
    }

    /**
     * What to do about an answer that it would give to whatever comes ({@link Answer#MISCONFIGURED}).
     *
     * @param redirect where it redirects to, without secrets; null for nowhere
     */
    public String advice(int status, Category category, String redirect) {
        String path = prefix() + "url and " + prefix() + category.id() + "-path";
        return switch (status) {
            case 401, 402, 403, 407 -> "check the token in " + prefix() + "url, or " + prefix() + "authorization";
            case 404, 405 -> "check " + path;
            case 411, 415 -> "check that it takes line protocol there (" + path + "), and " + prefix() + "gzip";
            case 421, 426, 431, 451 -> "check " + path + ", and what stands in front of the receiver";
            default ->
                status / 100 == 2
                        ? "a web page is no receipt: check " + path + ", and whether a login or a proxy is in the way"
                        : "it redirects" + (redirect == null ? "" : " to " + redirect) + ": set " + prefix()
                                + "url to the address it really has";
        };
    }

    /** Whether it is reached by https. */
    public boolean isTls() {
        return urls.values().stream().anyMatch(TargetUrl::isTls);
    }

    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return name();
    }
}
