package io.funcobserver.lineprotocol;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PointSchemaTest {
    private static final SampleSchema SCHEMA = SampleSchema.of("m");

    private static void refused(ThrowingCallable schema, String... named) {
        assertThatThrownBy(schema).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(named);
    }

    @Test
    void refusesAColumnInTwoRoles() {
        refused(() -> SCHEMA.withTags("a").withFields("a"), "a", "tag", "field");
        refused(() -> SCHEMA.withTags("a", "a"), "a");
        refused(() -> SCHEMA.withTags("at").withTime("at", null), "at", "time");
        assertThatCode(() -> SCHEMA.withFields("seq").withTime("at", "seq")).doesNotThrowAnyException();
        refused(() -> SCHEMA.withTags("message").withSplit("message", 10), "message");
        refused(() -> SCHEMA.withTags("message_page_count").withSplit("message", 10), "message_page_count");
    }

    @Test
    void refusesAPageThatACharacterOrAReceiverDoesNotFit() {
        refused(() -> SCHEMA.withSplit("message", 3), "message", "3");
        refused(() -> SCHEMA.withSplit("message", (32 << 20) + 1), "message");
        assertThatCode(() -> SCHEMA.withSplit("message", 4)).doesNotThrowAnyException();
    }

    @Test
    void refusesAFirstPageColumnThatIsNoField() {
        refused(() -> SCHEMA.withTags("id").withSplit("message", 10, "id"), "id");
        refused(() -> SCHEMA.withFields("a").withSplit("message", 10, "b"), "b");
        refused(() -> SCHEMA.withSplit("message", 10, "message"), "message");
    }

    @Test
    void refusesANameThatNoMeasurementCanHave() {
        refused(() -> SampleSchema.of(""), "measurement");
        refused(() -> SampleSchema.of("#m"), "#m");
        refused(() -> SampleSchema.of("m".repeat(257)), "257");
    }
}
