package io.funcobserver.demo;

/** Where the demo meets the product. */
final class Wiring {
    private Wiring() {}

    static Product product() {
        return properties -> {
            throw new UnsupportedOperationException("the product is not wired into the demo yet");
        };
    }
}
