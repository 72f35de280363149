package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import org.apache.camel.v1.Integration;

/** A Kubernetes object, as the model that its project publishes reads it. */
final class Manifest {
    static final Path KUBERNETES = Path.of("deploy", "kubernetes");
    static final Path CAMEL_K = Path.of("deploy", "camel-k");

    private static final Map<String, Class<? extends HasMetadata>> MODELS = Map.ofEntries(
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("apps/v1 StatefulSet", StatefulSet.class),
            Map.entry("autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("v1 PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("v1 Service", Service.class),
            Map.entry("v1 ServiceAccount", ServiceAccount.class),
            Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
            Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            Map.entry("monitoring.coreos.com/v1 PodMonitor", PodMonitor.class),
            Map.entry("camel.apache.org/v1 Integration", Integration.class));

    /** Fields of Camel K 2.9, which its last published model (2.4) lacks, with the kind that each must be. */
    private static final List<String> NEWER_NUMBERS = List.of("/livenessPort", "/readinessPort", "/startupPort");

    private static final String HEALTH = "/spec/traits/health";

    private Manifest() {}

    /** Every manifest of the project. */
    static List<Path> files() throws IOException {
        try (Stream<Path> kubernetes = Files.walk(KUBERNETES);
                Stream<Path> camelK = Files.walk(CAMEL_K)) {
            return Stream.concat(kubernetes, camelK)
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        }
    }

    static HasMetadata read(String yaml) throws IOException {
        JsonNode document = StrictYaml.tree(yaml);
        String kind = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        Class<? extends HasMetadata> model = MODELS.get(kind);
        if (model == null) {
            throw new IOException("no model for " + kind);
        }
        if (model == Integration.class) {
            takeNewerFields(document);
        }
        return StrictYaml.to(model, document);
    }

    static <T extends HasMetadata> T read(Class<T> type, Path file) throws IOException {
        return type.cast(read(Files.readString(file)));
    }

    private static void takeNewerFields(JsonNode integration) throws IOException {
        for (String field : NEWER_NUMBERS) {
            JsonNode value = integration.at(HEALTH + field);
            if (!value.isMissingNode() && !value.isInt()) {
                throw new IOException(HEALTH + field + " is no number: " + value);
            }
        }
        if (integration.at(HEALTH) instanceof ObjectNode health) {
            NEWER_NUMBERS.forEach(field -> health.remove(field.substring(1)));
        }
    }
}
