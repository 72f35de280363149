package io.funcobserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.funcobserver.observe.status.Browser;

/**
 * Makes the pictures of the status page anew, from the demo as it runs: {@code ./mvnw -Pscreenshots}.
 *
 * <p>System property {@code screenshots.seconds}: how long the demo runs before, for plots that show something.
 */
public final class Screenshots {
    private static final Path FOLDER = Path.of("docs", "images");
    private static final long MAX_BYTES = 300_000;

    private Screenshots() {}

    public static void main(String[] arguments) throws Exception {
        if (Browser.installed().isEmpty()) {
            throw new IOException(Browser.MISSING);
        }
        long seconds = Long.getLong("screenshots.seconds", 240);
        CountDownLatch stop = new CountDownLatch(1);
        CompletableFuture<String> address = new CompletableFuture<>();
        Product product = properties -> {
            AutoCloseable running = Product.shipped().start(properties);
            address.complete("http://127.0.0.1:" + properties.get("observe.port") + "/");
            return running;
        };
        Thread demo = new Thread(() -> run(new Demo(product, Screen.standard(), stop)), "demo");
        demo.start();
        int exit = 0;
        try {
            String page = address.get(5, TimeUnit.MINUTES);
            demo.join(Duration.ofSeconds(seconds).toMillis());
            try (Browser browser = Browser.start()) {
                Files.createDirectories(FOLDER);
                browser.open(page);
                browser.awaitData();
                take(browser, "status-light.png", "light", 1280, 1400, null);
                take(browser, "status-dark.png", "dark", 1280, 1400, null);
                take(browser, "status-func.png", "light", 1280, 1120, "func");
                take(browser, "status-phone.png", "light", 390, 1000, null);
            }
        } catch (Exception e) {
            System.err.println("No screenshots: " + e.getMessage());
            exit = 1;
        } finally {
            stop.countDown();
            demo.join();
        }
        System.exit(exit);
    }

    private static void run(Demo demo) {
        try {
            demo.run(Duration.ZERO);
        } catch (Exception e) {
            System.err.println("The demo failed: " + e.getMessage());
        }
    }

    /** @param section of the page that stands at the top of the picture; null for its beginning */
    private static void take(Browser browser, String name, String colours, int width, int height, String section)
            throws IOException {
        browser.size(width, height);
        browser.colours(colours);
        browser.eval("scrollTo(0, "
                + (section == null ? "0" : "document.getElementById('" + section + "').offsetTop - 75") + ")");
        // What the page asks for anew while it changes its size has come.
        browser.eval("new Promise(done => setTimeout(done, 1000))");
        Path file = FOLDER.resolve(name);
        browser.screenshot(file);
        if (Files.size(file) >= MAX_BYTES) {
            throw new IOException(
                    file + " has " + Files.size(file) + " bytes; the README's pictures have at most 300 kB");
        }
        System.out.println(file + ": " + Files.size(file) + " bytes");
    }
}
