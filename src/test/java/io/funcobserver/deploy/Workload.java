package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;

/**
 * One folder of {@code deploy/kubernetes} that starts pods.
 *
 * @param object the Deployment or StatefulSet
 * @param all every object of the folder
 * @param claims the volumes that each pod has for itself
 */
record Workload(
        Path folder,
        List<HasMetadata> all,
        HasMetadata object,
        Integer replicas,
        Map<String, String> selector,
        PodTemplateSpec template,
        List<PersistentVolumeClaim> claims) {

    static Workload in(String name) throws IOException {
        Path folder = Manifest.KUBERNETES.resolve(name);
        List<HasMetadata> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .toList()) {
                all.add(Manifest.read(Files.readString(file)));
            }
        }
        for (HasMetadata each : all) {
            if (each instanceof Deployment deployment) {
                var spec = deployment.getSpec();
                return new Workload(
                        folder,
                        all,
                        each,
                        spec.getReplicas(),
                        spec.getSelector().getMatchLabels(),
                        spec.getTemplate(),
                        List.of());
            } else if (each instanceof StatefulSet set) {
                var spec = set.getSpec();
                return new Workload(
                        folder,
                        all,
                        each,
                        spec.getReplicas(),
                        spec.getSelector().getMatchLabels(),
                        spec.getTemplate(),
                        spec.getVolumeClaimTemplates());
            }
        }
        throw new IOException(folder + " starts no pod");
    }

    /** The one of this kind; an error where there is none. */
    <T extends HasMetadata> T only(Class<T> type) {
        return every(type).findFirst().orElseThrow(() -> new AssertionError(folder + " has no " + type));
    }

    <T extends HasMetadata> Stream<T> every(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast);
    }

    Container container() {
        return template.getSpec().getContainers().get(0);
    }

    /** Those that it mounts, with this environment. */
    Settings settings(Map<String, String> environment) {
        return Settings.read(
                        new SettingsSources(List.of(), environment, folder.resolve("application.properties")),
                        Catalogue.standardRouteIds())
                .orThrow();
    }
}
