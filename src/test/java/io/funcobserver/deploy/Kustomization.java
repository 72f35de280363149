package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The fields of a kustomization.yaml that this project uses; any other is refused. */
record Kustomization(
        String apiVersion,
        String kind,
        String namespace,
        List<String> resources,
        List<String> components,
        List<Image> images,
        List<ConfigMapGenerator> configMapGenerator,
        List<Patch> patches) {

    record Image(String name, String newName, String newTag) {}

    record ConfigMapGenerator(String name, List<String> files) {}

    record Patch(Target target, String patch) {}

    record Target(String kind, String name) {}

    Kustomization {
        resources = orEmpty(resources);
        components = orEmpty(components);
        images = orEmpty(images);
        configMapGenerator = orEmpty(configMapGenerator);
        patches = orEmpty(patches);
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return Objects.requireNonNullElse(list, List.of());
    }

    static Kustomization in(Path folder) throws IOException {
        String yaml = Files.readString(folder.resolve("kustomization.yaml"));
        return StrictYaml.to(Kustomization.class, StrictYaml.tree(yaml));
    }
}
