package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.funcobserver.app.RouteFiles;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Property;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class KubernetesTest {
    private static final Path BASE = Manifest.KUBERNETES.resolve("base");
    private static final Path MEASUREMENTS = Path.of("routes", "measurements");

    private final Deployment deployment = Manifest.read(Deployment.class, BASE.resolve("deployment.yaml"));
    private final PodSpec pod = deployment.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().get(0);

    KubernetesTest() throws IOException {}

    @Test
    void runsOneReaderAtATime() {
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(1);
        assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("Recreate");
    }

    @Test
    void takesItsSecretsFromTheSecretAndItsDiskFromTheClaim() throws IOException {
        assertThat(container.getEnv())
                .extracting(EnvVar::getName)
                .contains("FUNC_MYSQL_PASSWORD", "FUNC_REDIS_PASSWORD", "TARGET_AUTHORIZATION", "TARGET_URL");
        assertThat(pod.getVolumes())
                .filteredOn(volume -> volume.getName().equals("data"))
                .extracting(volume -> volume.getPersistentVolumeClaim().getClaimName())
                .containsExactly(Manifest.read(PersistentVolumeClaim.class, BASE.resolve("data.yaml"))
                        .getMetadata()
                        .getName());
    }

    @Test
    void scrapesFindThePod() throws IOException {
        PodMonitor monitor =
                Manifest.read(PodMonitor.class, Manifest.KUBERNETES.resolve("components/podmonitor/podmonitor.yaml"));
        assertThat(monitor.getSpec().getSelector())
                .isEqualTo(deployment.getSpec().getSelector());
        assertThat(monitor.getSpec().getPodMetricsEndpoints()).allSatisfy(endpoint -> {
            assertThat(endpoint.getPort()).isEqualTo("observe");
            assertThat(endpoint.getPath()).isEqualTo(Product.METRICS);
        });
    }

    @Test
    void networkPolicyLetsOutToFuncByDefault() throws IOException {
        NetworkPolicy policy = Manifest.read(NetworkPolicy.class, BASE.resolve("network-policy.yaml"));
        assertThat(policy.getSpec().getEgress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal().toString())
                .contains(
                        Catalogue.standard().find("func.mysql.port").fallback(),
                        Catalogue.standard().find("func.redis.port").fallback());
    }

    @Test
    void flatFolderOfMeasurementsIsLoaded() {
        assertThat(RouteFiles.in(MEASUREMENTS).ids()).containsExactlyInAnyOrderElementsOf(Catalogue.standardRouteIds());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base",
                "components/podmonitor",
                "intake",
                "kafka",
                "standby",
                "overlays/datakit",
                "overlays/influxdb"
            })
    void kustomizationNamesWhatIsThere(String name) throws IOException {
        Path folder = Manifest.KUBERNETES.resolve(name);
        Kustomization kustomization = Kustomization.in(folder);
        Stream.of(
                        kustomization.resources(),
                        kustomization.components(),
                        kustomization.configMapGenerator().stream()
                                .flatMap(map -> map.files().stream())
                                .toList())
                .flatMap(List::stream)
                .forEach(path -> assertThat(folder.resolve(path)).exists());
    }

    @ParameterizedTest
    @ValueSource(strings = {"datakit", "influxdb"})
    void overlayGivesTheSettingsThatTheBaseMounts(String name) throws IOException {
        Path folder = Manifest.KUBERNETES.resolve("overlays").resolve(name);
        Kustomization kustomization = Kustomization.in(folder);
        assertThat(kustomization.images()).extracting(Kustomization.Image::name).containsExactly(container.getImage());
        assertThat(kustomization.configMapGenerator())
                .containsExactly(
                        new Kustomization.ConfigMapGenerator("func-observer", List.of("application.properties")));
        assertThat(pod.getVolumes())
                .filteredOn(volume -> volume.getConfigMap() != null)
                .extracting(volume -> volume.getConfigMap().getName())
                .containsExactly("func-observer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"datakit", "influxdb"})
    void overlayIsAValidConfigurationWithoutSecrets(String name) throws IOException {
        Path file = Manifest.KUBERNETES.resolve("overlays").resolve(name).resolve("application.properties");
        Settings settings = Settings.read(
                        new SettingsSources(List.of(), Map.of(), file),
                        RouteFiles.in(MEASUREMENTS).ids())
                .orThrow();
        assertThat(Catalogue.standard().properties())
                .filteredOn(property -> property.secret() && property.key().matches(".*(password|authorization)"))
                .extracting(Property::key)
                .allSatisfy(key -> assertThat(settings.text(key)).isNull());
        assertThat(opensPort(name, settings.text("target.url"))).isTrue();
    }

    private static boolean opensPort(String name, String url) throws IOException {
        int port = java.net.URI.create(url).getPort();
        return Kustomization.in(Manifest.KUBERNETES.resolve("overlays").resolve(name)).patches().stream()
                .anyMatch(patch -> patch.target().kind().equals("NetworkPolicy")
                        && patch.patch().contains("port: " + port));
    }
}
