package io.funcobserver.lineprotocol;

import java.util.Map;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PointShapeTest {
    private static final PointShape SHAPE = PointShape.of("m");

    private static void refused(ThrowingCallable shape, String... named) {
        assertThatThrownBy(shape).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(named);
    }

    @Test
    void refusesAColumnInTwoRoles() {
        refused(() -> SHAPE.withTags("a").withFields("a"), "a", "tag", "field");
        refused(() -> SHAPE.withTags("a", "a"), "a");
        refused(() -> SHAPE.withTags("at").withTime("at", null), "at", "time");
        assertThatCode(() -> SHAPE.withFields("seq").withTime("at", "seq")).doesNotThrowAnyException();
        refused(() -> SHAPE.withTags("message").withSplit("message", 10), "message");
        refused(() -> SHAPE.withTags("message_page_count").withSplit("message", 10), "message_page_count");
    }

    @Test
    void refusesAPageThatACharacterOrAReceiverDoesNotFit() {
        refused(() -> SHAPE.withSplit("message", 3), "message", "3");
        refused(() -> SHAPE.withSplit("message", (32 << 20) + 1), "message");
        assertThatCode(() -> SHAPE.withSplit("message", 4)).doesNotThrowAnyException();
    }

    @Test
    void refusesAFirstPageColumnThatIsNoField() {
        refused(() -> SHAPE.withTags("id").withSplit("message", 10, "id"), "id");
        refused(() -> SHAPE.withFields("a").withSplit("message", 10, "b"), "b");
        refused(() -> SHAPE.withSplit("message", 10, "message"), "message");
    }

    @Test
    void refusesACommonTagWithAColumnsKey() {
        refused(() -> SHAPE.withTags("id").withCommonTags(Map.of("id", "x")), "id", "common tag");
        refused(() -> SHAPE.withSplit("message", 10).withCommonTags(Map.of("message_page_number", "x")), "common tag");
    }

    @Test
    void refusesANameThatNoMeasurementCanHave() {
        refused(() -> PointShape.of(""), "measurement");
        refused(() -> PointShape.of("#m"), "#m");
        refused(() -> PointShape.of("m".repeat(257)), "257");
    }
}
