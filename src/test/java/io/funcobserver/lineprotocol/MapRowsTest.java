package io.funcobserver.lineprotocol;

import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MapRowsTest {
    private final MapRows rows = new MapRows();

    @Test
    void makesAKeyAColumn() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", 1L);
        map.put("a", null);

        Row row = rows.row(map);

        assertThat(row.columns().names()).containsExactly("b", "a");
        assertThat(row.value(0)).isEqualTo(1L);
        assertThat(row.value(1)).isNull();
    }

    @Test
    void sharesTheColumnsOfMapsWithTheSameKeys() {
        Row first = rows.row(Map.of("a", 1));
        Row other = rows.row(Map.of("b", 1));
        Row again = rows.row(Map.of("a", 2));

        assertThat(again.columns()).isSameAs(first.columns()).isNotSameAs(other.columns());
    }

    @Test
    void takesAMapWithoutKeys() {
        assertThat(rows.row(Map.of()).columns().size()).isZero();
    }
}
