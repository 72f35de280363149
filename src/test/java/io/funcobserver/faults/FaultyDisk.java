package io.funcobserver.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A disk whose calls fail while a test says so: {@code src/test/c/faulty_disk.c}, compiled here and preloaded into the
 * product. Needs Linux and a C compiler.
 */
final class FaultyDisk {
    private static final Path SOURCE = Path.of("src/test/c/faulty_disk.c");

    private final Path library;
    private final Path rules;

    private FaultyDisk(Path library, Path rules) {
        this.library = library;
        this.rules = rules;
    }

    /**
     * Compiles the library.
     *
     * @param folder where it and its rules lie
     * @return empty, with a line on standard output that says why, where that is not possible
     */
    static Optional<FaultyDisk> compiled(Path folder) throws IOException {
        Path library = folder.resolve("faulty_disk.so");
        String reason;
        try {
            Process compiler = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-O1", "-o", library.toString(), SOURCE.toString(), "-ldl")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (compiler.waitFor(60, TimeUnit.SECONDS) && compiler.exitValue() == 0) {
                return Optional.of(new FaultyDisk(library, folder.resolve("faulty_disk.rules")));
            }
            reason = output;
        } catch (IOException e) {
            reason = e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        System.out.println("No disk errors: " + SOURCE + " cannot be compiled on this machine: " + reason);
        return Optional.empty();
    }

    /** What the product is started with, so that its disk is this one. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "FAULTY_DISK", rules.toString());
    }

    /**
     * From now on these fail, and no others.
     *
     * @param failing each {@code CALL OUTCOME PERCENT TEXT}, as the library's source says
     */
    void fail(String... failing) {
        try {
            Path next = rules.resolveSibling("next.rules");
            Files.write(next, List.of(failing));
            Files.move(next, rules, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void heal() {
        fail();
    }
}
