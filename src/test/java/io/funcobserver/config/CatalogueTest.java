package io.funcobserver.config;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogueTest {
    @Test
    void everyPropertyHasOneVariableAndOneLineOfDescription() {
        List<Property> properties = Catalogue.standard().properties();
        assertThat(properties).extracting(Property::environmentVariable).doesNotHaveDuplicates();
        assertThat(properties)
                .extracting(Property::description)
                .allSatisfy(text -> assertThat(text).isNotBlank().doesNotContain("\n"));
    }

    @Test
    void everyDefaultIsAValueOfItsType() {
        assertThat(Catalogue.standard().properties())
                .filteredOn(property -> property.fallback() != null)
                .allSatisfy(property ->
                        assertThat(property.type().parse(property.fallback())).isNotNull());
    }

    @Test
    void hasTheElevenMeasurementsOfFunc() {
        assertThat(Catalogue.standardRouteIds())
                .containsExactly(
                        "worker-queue",
                        "cache-db",
                        "cache-db-key",
                        "db-table",
                        "func-call",
                        "task-record",
                        "task-record-func",
                        "delay-queue",
                        "entity",
                        "cron-job",
                        "service-info");
        assertThat(Catalogue.measurements()).allSatisfy(measurement -> assertThat(measurement.name())
                .isEqualTo("DFF_" + measurement.id().replace('-', '_')));
    }
}
