package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.funcobserver.config.Settings;
import org.apache.camel.v1.Integration;
import org.apache.camel.v1.integrationspec.Traits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CamelKTest {
    private static final Path FILE = Manifest.CAMEL_K.resolve("integration.yaml");

    private final Integration integration = Manifest.read(Integration.class, FILE);
    private final Traits traits = integration.getSpec().getTraits();
    private final JsonNode health = StrictYaml.tree(Files.readString(FILE)).at("/spec/traits/health");
    private final Dockerfile image = Dockerfile.read();

    CamelKTest() throws IOException {}

    @Test
    void runsOneReaderAtATimeOfOurImage() {
        assertThat(integration.getSpec().getReplicas()).isEqualTo(1);
        assertThat(traits.getDeployment().getStrategy().getValue()).isEqualTo("Recreate");
        assertThat(traits.getContainer().getImage()).startsWith("func-observer:");
        assertThat(traits.getContainer().getRunAsUser()).isEqualTo(Long.parseLong(image.user()));
        assertThat(integration.getSpec().getSources()).isNullOrEmpty();
    }

    @Test
    void cronTraitIsOff() {
        assertThat(traits.getCron().getEnabled()).isFalse();
    }

    @Test
    void probesAskWhatTheProductAnswers() {
        assertThat(health.at("/livenessProbe").asText()).isEqualTo(Product.LIVE);
        assertThat(health.at("/startupProbe").asText()).isEqualTo(Product.LIVE);
        assertThat(health.at("/readinessProbe").asText()).isEqualTo(Product.READY);
        assertThat(List.of("livenessPort", "startupPort", "readinessPort"))
                .allSatisfy(port -> assertThat(health.get(port).asInt()).isEqualTo(Product.OBSERVE_PORT));
        assertThat(traits.getContainer().getPort()).isEqualTo(Product.OBSERVE_PORT);
    }

    @Test
    void propertiesAreAValidConfiguration() {
        Map<String, String> properties = new LinkedHashMap<>();
        traits.getCamel().getProperties().forEach(pair -> {
            int equals = pair.indexOf('=');
            properties.put(pair.substring(0, equals), pair.substring(equals + 1));
        });
        assertThat(Settings.of(properties).text("target.url")).isNotEmpty();
    }

    @Test
    void environmentHoldsOnlyPropertiesOfTheProduct() {
        assertThat(traits.getEnvironment().getVars())
                .contains("FUNC_MYSQL_PASSWORD=secret:func-observer/mysql-password")
                .allSatisfy(variable ->
                        assertThat(Product.VARIABLES).containsKey(variable.substring(0, variable.indexOf('='))));
    }

    @Test
    void mountsWhereTheImageReads() throws IOException {
        PersistentVolumeClaim claim = Manifest.read(PersistentVolumeClaim.class, Manifest.CAMEL_K.resolve("data.yaml"));
        assertThat(traits.getMount().getVolumes())
                .containsExactly(claim.getMetadata().getName() + ":" + image.volume());
    }

    /** Where Camel K mounts the properties of an Integration since 2.0: its traits camel and mount. */
    @Test
    void imageReadsThePropertiesOfAnIntegration() throws IOException {
        String mounted = "/etc/camel/conf.d/user.properties";
        assertThat(Files.readString(Path.of("deploy", "image", "start"))).contains("[ -f " + mounted + " ]");
        assertThat(Files.readString(Path.of("Dockerfile")))
                .contains("ln -s " + mounted + " /opt/func-observer/camel-k/application.properties");
    }
}
