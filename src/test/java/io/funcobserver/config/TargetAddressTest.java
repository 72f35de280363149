package io.funcobserver.config;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TargetAddressTest {
    @ParameterizedTest
    @CsvSource({
        "http://h:1,              /v1/write/metric,  http://h:1/v1/write/metric",
        "http://h/,               /v1/write/metric,  http://h/v1/write/metric",
        "http://h/base/,          /write?db=func,    http://h/base/write?db=func",
        "https://h?token=tkn_x,   /v1/write/metric,  https://h/v1/write/metric?token=tkn_x",
        "https://h/b?token=t,     /write?db=a&p=%20, https://h/b/write?token=t&db=a&p=%20",
        "https://h/write,         ?db=func,          https://h/write?db=func",
        "http://[::1]:9529,       /write,            http://[::1]:9529/write"
    })
    void joinsPathsAndQueries(String url, String path, String joined) {
        assertThat(TargetAddress.join(url, path)).hasToString(joined);
    }
}
