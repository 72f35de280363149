package io.funcobserver.observe.status;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who may see the page where {@code observe.token} is set: who gives the token once, and who has the cookie that comes of
 * it. The cookie holds what the token computes, not the token, and ends with the token's change.
 */
final class PageAccess {
    static final String COOKIE = "func-observer";

    private final byte[] token;
    private final byte[] pass;

    /** @param token null or empty for everybody */
    PageAccess(String token) {
        this.token = token == null || token.isEmpty() ? null : token.getBytes(StandardCharsets.UTF_8);
        this.pass = this.token == null ? null : pass(this.token);
    }

    boolean isOpen() {
        return token == null;
    }

    boolean acceptsToken(String given) {
        return given != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    boolean acceptsCookie(String value) {
        return value != null && MessageDigest.isEqual(pass, value.getBytes(StandardCharsets.UTF_8));
    }

    String cookieValue() {
        return new String(pass, StandardCharsets.UTF_8);
    }

    private static byte[] pass(byte[] token) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token, "HmacSHA256"));
            byte[] sum = mac.doFinal("func-observer status page".getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum).getBytes(StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
