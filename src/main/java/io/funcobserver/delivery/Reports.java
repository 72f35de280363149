package io.funcobserver.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** The JSON form of {@link DeadLetterReport}. */
final class Reports {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Reports() {}

    static byte[] write(Object report) {
        try {
            return JSON.writeValueAsBytes(report);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DeadLetterReport read(Path file) throws IOException {
        return JSON.readValue(Files.readAllBytes(file), DeadLetterReport.class);
    }

    static List<DeadLetterReport> readHistory(Path file) throws IOException {
        return JSON.readValue(Files.readAllBytes(file), new TypeReference<List<DeadLetterReport>>() {});
    }
}
