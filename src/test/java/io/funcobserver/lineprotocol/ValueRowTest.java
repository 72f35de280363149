package io.funcobserver.lineprotocol;

import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ValueRowTest {
    @Test
    void makesAKeyAColumn() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", 1L);
        map.put("a", null);

        Row row = ValueRow.of(map);

        assertThat(row.columns().names()).containsExactly("b", "a");
        assertThat(row.value(0)).isEqualTo(1L);
        assertThat(row.value(1)).isNull();
    }

    @Test
    void sharesTheColumnsOfMapsWithTheSameKeys() {
        Row first = ValueRow.of(Map.of("a", 1));
        Row other = ValueRow.of(Map.of("b", 1));
        Row again = ValueRow.of(Map.of("a", 2));

        assertThat(again.columns()).isSameAs(first.columns()).isNotSameAs(other.columns());
    }

    @Test
    void takesAMapWithoutKeys() {
        assertThat(ValueRow.of(Map.of()).columns().size()).isZero();
    }
}
