package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.funcobserver.config.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RouteFilesTest {
    private final RouteFiles jar = RouteFiles.in(Path.of("there-is-no-such-folder"));

    @Test
    void findsAMeasurementByItsRouteOrByItsNameOnTheWire() {
        assertThat(jar.named(List.of("func-call", "DFF_cache_db", "DFF_func_call")))
                .containsExactly("func-call", "cache-db");
        assertThat(jar.named(List.of())).isEqualTo(jar.ids());
    }

    @Test
    void findsOnesOwnByBothToo(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("orders.camel.yaml"), "parameters:\n  measurement: shop_orders\n");
        RouteFiles own = RouteFiles.in(folder);
        assertThat(own.named(List.of("shop_orders"))).containsExactly("orders");
        assertThat(own.named(List.of("orders"))).containsExactly("orders");
    }

    @Test
    void saysWhichThereAre() {
        assertThatThrownBy(() -> jar.named(List.of("DFF_func")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("there is no measurement \"DFF_func\"; there are cache-db, cache-db-key, ");
    }
}
