package io.funcobserver;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PreviewTest {
    @Test
    void printsEveryMeasurement() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6)) {
            RedisDatabase redis = Servers.newRedisDatabase();
            FuncSimulator func = new FuncSimulator(database, redis, FuncSimulator.Settings.test());
            func.insert(200);
            Map<String, String> values = TestSettings.of(database, redis, "http://127.0.0.1:1", Path.of("absent"));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            RouteFiles routes = RouteFiles.in(Path.of("absent"));
            Map<String, String> failed = new Preview(Settings.of(values), routes, out).print(routes.ids());
            System.err.println(out.toString(StandardCharsets.UTF_8));
            assertThat(failed).isEmpty();
        }
    }
}
