package io.funcobserver.delivery;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AnswerTest {
    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void takesEvery2xxAsAccepted(int status) {
        assertThat(Answer.of(status)).isEqualTo(Answer.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 599, 0, 100})
    void triesAgainLater(int status) {
        assertThat(Answer.of(status)).isEqualTo(Answer.NOT_NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 304, 307, 308, 401, 402, 403, 404, 405, 407, 411, 415, 421, 426, 431, 451})
    void blamesTheConfiguration(int status) {
        assertThat(Answer.of(status)).isEqualTo(Answer.MISCONFIGURED);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 406, 409, 410, 413, 414, 418, 422})
    void blamesTheLines(int status) {
        assertThat(Answer.of(status)).isEqualTo(Answer.REJECTED);
    }
}
