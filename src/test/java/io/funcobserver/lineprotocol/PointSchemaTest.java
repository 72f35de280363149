package io.funcobserver.lineprotocol;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PointSchemaTest {
    private static final SampleSchema SCHEMA = SampleSchema.of("m");

    private static void refused(SampleSchema sample, String... named) {
        assertThatThrownBy(sample::schema)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named);
    }

    @Test
    void refusesAColumnInTwoRoles() {
        refused(SCHEMA.withTags("a").with("fields", List.of("a")), "a", "tag", "field");
        refused(SCHEMA.withTags("a", "a"), "a");
        refused(SCHEMA.withTags("at").with("time", "at"), "at", "time");
        refused(SCHEMA.withTags("message").withSplit("message", 10), "message");
        refused(SCHEMA.withTags("message_page_count").withSplit("message", 10), "message_page_count");
        SampleSchema reported = SCHEMA.with("fields", List.of("seq")).with("sequence", "seq");
        assertThat(reported.schema().sequenceColumn()).isEqualTo("seq");
    }

    @Test
    void refusesAPageThatACharacterOrAReceiverDoesNotFit() {
        refused(SCHEMA.withSplit("message", 3), "message", "3");
        refused(SCHEMA.withSplit("message", (32 << 20) + 1), "message");
        assertThat(SCHEMA.withSplit("message", 4).schema().splitBytes()).isEqualTo(4);
    }

    @Test
    void refusesAFirstPageColumnThatIsNoField() {
        SampleSchema pages = SCHEMA.withSplit("message", 10);
        refused(pages.withTags("id").with("firstPage", List.of("id")), "id");
        refused(pages.with("fields", List.of("a")).with("firstPage", List.of("b")), "b");
        refused(pages.with("firstPage", List.of("message")), "message");
    }

    @Test
    void refusesANameThatNoMeasurementCanHave() {
        refused(SampleSchema.of(""), "measurement");
        refused(SampleSchema.of("#m"), "#m");
        refused(SampleSchema.of("m".repeat(257)), "257");
    }
}
