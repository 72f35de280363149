package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ManifestTest {
    static List<Path> files() throws IOException {
        return Manifest.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void holdsOnlyFieldsOfItsModel(Path file) throws IOException {
        HasMetadata manifest = Manifest.read(Files.readString(file));
        assertThat(manifest.getMetadata().getName()).startsWith("func-observer");
    }

    @Test
    void findsEveryKindOfManifest() throws IOException {
        assertThat(Manifest.files())
                .extracting(file -> file.getFileName().toString())
                .contains(
                        "deployment.yaml",
                        "data.yaml",
                        "network-policy.yaml",
                        "podmonitor.yaml",
                        "service-account.yaml",
                        "integration.yaml");
    }

    @ParameterizedTest
    @CsvSource({
        "deploy/kubernetes/base/deployment.yaml, periodSeconds: 2, periodSecond: 2",
        "deploy/kubernetes/base/deployment.yaml, readOnlyRootFilesystem: true, readOnlyRootFileSystem: true",
        "deploy/kubernetes/base/deployment.yaml, replicas: 1, replicas: one",
        "deploy/kubernetes/base/data.yaml, accessModes:, accessMode:",
        "deploy/kubernetes/base/network-policy.yaml, namespaceSelector:, namespaceSelectors:",
        "deploy/kubernetes/components/podmonitor/podmonitor.yaml, interval: 30s, intervals: 30s",
        "deploy/camel-k/integration.yaml, livenessProbe: /, liveness: /",
        "deploy/camel-k/integration.yaml, limitMemory:, memoryLimit:",
        "deploy/camel-k/integration.yaml, security-context:, securityContexts:",
        "deploy/camel-k/integration.yaml, fsGroup: 10001, fsGroups: 10001"
    })
    void wrongFieldIsRefused(Path file, String right, String wrong) throws IOException {
        String manifest = Files.readString(file);
        assertThat(manifest).contains(right);
        assertThatThrownBy(() -> Manifest.read(manifest.replaceFirst(right, wrong)))
                .isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void newerFieldOfTheWrongTypeIsRefused() throws IOException {
        String manifest = Files.readString(Manifest.CAMEL_K.resolve("integration.yaml"));
        assertThatThrownBy(() -> Manifest.read(manifest.replace("livenessPort: 9876", "livenessPort: observe")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("livenessPort");
    }
}
