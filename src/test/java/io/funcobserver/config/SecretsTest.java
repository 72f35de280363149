package io.funcobserver.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SecretsTest {
    @Test
    void masksEachKindOfSecret() {
        Secrets secrets = secrets(Map.of(
                "func.mysql.password", "mysql-secret",
                "func.redis.password", "redis-secret",
                "target.authorization", "Token influx-secret",
                "target.url", "https://h?token=tkn_secret&db=telegraf",
                "target.metric-path", "/write?u=me&p=path%2Fsecret"));
        assertThat(secrets.mask(
                        "mysql-secret redis-secret influx-secret tkn_secret path%2Fsecret path/secret telegraf"))
                .isEqualTo("*** *** *** *** *** *** telegraf");
    }

    @Test
    void masksTheTokensOfWhatListensAndTheSecretsOfKafka() {
        Secrets secrets = secrets(Map.of(
                "intake.token", "intake-secret",
                "observe.token", "page-secret",
                "kafka.ssl.key.password", "key-secret",
                "kafka.sasl.jaas.config", "org.x.PlainLoginModule required username=\"u\" password=\"jaas-secret\";",
                "kafka.sasl.mechanism", "PLAIN"));
        assertThat(secrets.mask("intake-secret page-secret key-secret jaas-secret PLAIN"))
                .isEqualTo("*** *** *** *** PLAIN");
    }

    @Test
    void masksThePasswordInsideBasicAuthorization() {
        String token = Base64.getEncoder().encodeToString("admin:p4ssw0rd".getBytes(StandardCharsets.UTF_8));
        Secrets secrets = secrets(Map.of("target.authorization", "Basic " + token));
        assertThat(secrets.mask("sent " + token + ", login admin:p4ssw0rd, wrong p4ssw0rd"))
                .isEqualTo("sent ***, login ***, wrong ***");
    }

    @Test
    void masksAShortSecretAsAWholeWordOnly() {
        Secrets secrets = secrets(Map.of("func.mysql.password", "ab"));
        assertThat(secrets.mask("about ab, cab (ab) ab")).isEqualTo("about ***, cab (***) ***");
    }

    @Test
    void masksSecretsThatOverlapAsOne() {
        Secrets secrets = secrets(Map.of("func.mysql.password", "abcdef", "func.redis.password", "defghi"));
        assertThat(secrets.mask("xabcdefghix")).isEqualTo("x***x");
    }

    @Test
    void leavesTextWithoutSecretsAlone() {
        assertThat(secrets(Map.of()).mask("precision=ns")).isEqualTo("precision=ns");
        assertThat(Secrets.none().mask(null)).isNull();
        assertThat(secrets(Map.of("target.url", "http://h?precision=ns&gzip=true"))
                        .mask("ns true"))
                .isEqualTo("ns true");
    }

    @Property
    void noSecretSurvivesInAnyText(
            @ForAll("passwords") String mysql,
            @ForAll("passwords") String redis,
            @ForAll("passwords") String authorization,
            @ForAll("passwords") String token,
            @ForAll("texts") List<String> between) {
        Map<String, String> given = new HashMap<>();
        given.put("func.mysql.password", mysql);
        given.put("func.redis.password", redis);
        given.put("target.authorization", "Bearer " + authorization);
        given.put("target.url", "http://h?token=" + encoded(token));
        Secrets secrets = secrets(given);
        List<String> forms =
                List.of(mysql, redis, authorization, token, encoded(mysql), encoded(token), encoded(authorization));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < between.size(); i++) {
            text.append(between.get(i)).append(forms.get(i % forms.size()));
        }
        String masked = secrets.mask(text.toString());
        forms.forEach(form -> assertThat(masked).doesNotContain(form));
    }

    @Provide
    Arbitrary<String> passwords() {
        return Arbitraries.strings()
                .withCharRange('!', ')')
                .withCharRange('+', '~')
                .ofMinLength(4)
                .ofMaxLength(30);
    }

    @Provide
    Arbitrary<List<String>> texts() {
        // Without what joins to a secret of its own with the mask.
        return Arbitraries.strings().alpha().whitespace().ofMaxLength(12).list().ofMaxSize(20);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Secrets secrets(Map<String, String> given) {
        Map<String, String> all = new HashMap<>(Map.of("target.url", "http://h"));
        all.putAll(given);
        return Secrets.of(Settings.of(all));
    }
}
