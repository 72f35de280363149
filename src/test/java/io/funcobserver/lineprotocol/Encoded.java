package io.funcobserver.lineprotocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.funcobserver.demo.Line;
import io.funcobserver.demo.LineParser;

/** An encoder together with what came out of it. */
final class Encoded {
    private final LineEncoder encoder;
    private final Map<DropListener.Reason, Integer> losses = new EnumMap<>(DropListener.Reason.class);
    private final List<byte[]> lines = new ArrayList<>();

    Encoded(SampleSchema sample) {
        this.encoder = new LineEncoder(sample.schema(), this::count);
    }

    Encoded(SampleSchema sample, int maxLineBytes) {
        this.encoder = new LineEncoder(sample.schema(), this::count, maxLineBytes);
    }

    private void count(DropListener.Reason reason) {
        losses.merge(reason, 1, Integer::sum);
    }

    int encode(Row row, long nowNanos) {
        return encoder.encode(row, nowNanos, (bytes, offset, length) -> {
            byte[] line = new byte[length];
            System.arraycopy(bytes, offset, line, 0, length);
            lines.add(line);
        });
    }

    List<String> lines() {
        return lines.stream()
                .map(line -> new String(line, StandardCharsets.UTF_8))
                .toList();
    }

    byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        lines.forEach(all::writeBytes);
        return all.toByteArray();
    }

    List<Line> points() {
        return LineParser.parseSorted(bytes());
    }

    Map<DropListener.Reason, Integer> losses() {
        return losses;
    }
}
