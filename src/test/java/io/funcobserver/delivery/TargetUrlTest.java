package io.funcobserver.delivery;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TargetUrlTest {
    @Test
    void knowsWhetherTlsIsSpoken() {
        assertThat(TargetUrl.of("http://h:9529", "/v1/write/metric").isTls()).isFalse();
        assertThat(TargetUrl.of("HTTPS://h", "/v1/write/metric").isTls()).isTrue();
        assertThat(TargetUrl.of("https://h", "").isTls()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "http://h:9529, /v1/write/metric, http://h:9529/v1/write/metric",
        "https://h/x?token=t, /write?db=func, https://h/x/write?token=t&db=func",
        "https://h/x/?token=t&, write, https://h/x/write?token=t",
        "https://h?token=tkn_x, /v1/write/logging, https://h/v1/write/logging?token=tkn_x",
        "http://[::1]:80/, /w, http://[::1]:80/w",
        "http://h/p?a=b%2Bc+d, ?e=%7e, http://h/p?a=b%2Bc+d&e=%7e",
        "http://h, /w?t=ü 1%, http://h/w?t=%C3%BC%201%25",
        "http://h#frag, /w#f, http://h/w",
        "https://h/write, ?db=func, https://h/write?db=func",
        "http://[::1]:9529, /write, http://[::1]:9529/write"
    })
    void joinsBaseAndPath(String base, String path, String joined) {
        assertThat(TargetUrl.of(base, path).uri()).hasToString(joined);
    }

    @Test
    void escapesWhatMayNotStandInAUrlAndNothingElse() {
        assertThat(TargetUrl.of("http://h/base/?token=a+b%2Fc%25{{x}}~!$'()*,;:@|é", "/write?db=n%20s")
                        .uri())
                .hasToString("http://h/base/write?token=a+b%2Fc%25%7B%7Bx%7D%7D~!$'()*,;:@%7C%C3%A9&db=n%20s");
    }

    @Test
    void showsNeitherUserNorQueryValues() {
        assertThat(TargetUrl.of("https://me:pw@h/x?token=s3cret&flag", "/write?db=func"))
                .hasToString("https://h/x/write?token=…&…&db=…");
    }

    @Test
    void sendsNothingWithoutPath() {
        assertThat(TargetUrl.of("http://h", " ").isSent()).isFalse();
        assertThat(TargetUrl.of("http://h", "/w").isSent()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://h?token=s3cret", "h:9529", "http://?token=s3cret", "", "http://a b/?token=s3cret"})
    void refusesAnythingElseWithoutTellingSecrets(String base) {
        assertThatThrownBy(() -> TargetUrl.of(base, "/w"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("target.url")
                .hasMessageNotContaining("s3cret");
    }
}
