package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrefixCountsTest {
    private final PrefixCounts counts = new PrefixCounts("DataFluxFunc");

    @Test
    void countsLongPrefixesByTheBeginningThatATagCanHold() {
        String beginning = "DataFluxFunc-" + "é".repeat(2000);
        counts.add(beginning + "a:k:v:");
        counts.add(beginning + "b");
        Map<String, Long> top = counts.top(10);
        assertThat(top).hasSize(1).containsValue(2L);
        assertThat(top.keySet().iterator().next().getBytes(StandardCharsets.UTF_8))
                .hasSize(1023);
    }

    @Test
    void sumsUpWhatWouldTakeTooMuchMemory() {
        String filling = "x".repeat(1100);
        for (int i = 0; i < 20_000; i++) {
            counts.add("DataFluxFunc-" + i + filling);
        }
        Map<String, Long> top = counts.top(100_000);
        assertThat(top).hasSizeLessThan(8300).containsKey(PrefixCounts.OTHER);
        assertThat(top.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(20_000);
    }

    @Property
    void neverExceedsATagsLength(@ForAll String text) {
        String prefix = counts.prefix("DataFluxFunc" + text.repeat(100));
        assertThat(prefix.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
    }
}
