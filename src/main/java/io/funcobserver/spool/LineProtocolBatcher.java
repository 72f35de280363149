package io.funcobserver.spool;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.lineprotocol.LineEncoder;
import io.funcobserver.lineprotocol.PointSchema;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.ValueRow;
import org.apache.camel.Exchange;
import org.apache.camel.support.ObjectHelper;

/**
 * Rows in, batches of lines out; the bean behind {@code kamelet:line-protocol-action}.
 *
 * <p>Rows are {@link Row}s or maps, one or many. Records carry the {@link PageAcknowledger} that they come from: it is told when a
 * batch is sealed. Anything else is a sampling run, whose points all carry the time at which it began.
 *
 * <p>Used by one thread at a time: that of its route.
 */
public final class LineProtocolBatcher {
    private static final String BATCHES = "batches";
    private static final String MORE = "moreLines";

    private String source;
    private String measurement;
    private Category category;
    private List<String> tagColumns = List.of();
    private List<String> fieldColumns = List.of();
    private String timeColumn;
    private String trackingColumn;
    private String identityColumn;
    private String splitColumn;
    private List<String> firstPageColumns = List.of();
    private BatcherSettings settings;

    private LineEncoder encoder;

    /** The id of the route that reports, which is the measurement's label in metrics, and stands in the names of files. */
    public void setSource(String routeId) {
        this.source = routeId;
    }

    public void setMeasurement(String measurement) {
        this.measurement = measurement;
    }

    public void setCategory(String category) {
        this.category = Category.of(category);
    }

    public void setTagColumns(String columns) {
        this.tagColumns = list(columns);
    }

    public void setFieldColumns(String columns) {
        this.fieldColumns = list(columns);
    }

    public void setTimeColumn(String column) {
        this.timeColumn = name(column);
    }

    public void setTrackingColumn(String column) {
        this.trackingColumn = name(column);
    }

    public void setIdentityColumn(String column) {
        this.identityColumn = name(column);
    }

    public void setSplitColumn(String column) {
        this.splitColumn = name(column);
    }

    public void setFirstPageColumns(String columns) {
        this.firstPageColumns = list(columns);
    }

    public void setSettings(BatcherSettings settings) {
        this.settings = settings;
    }

    /** Turns rows, the body, into the first block of lines; none where the category is not sent. */
    public void first(Exchange exchange) {
        if (settings.sent().test(category)) {
            Batches batches = new Batches(exchange);
            exchange.setVariable(BATCHES, batches);
            batches.next(exchange);
        } else {
            exchange.setVariable(MORE, false);
            exchange.getMessage().setBody(null);
        }
    }

    /** Counts the block that is safe on disk now, acknowledges its rows, and makes the next one the body. */
    public void next(Exchange exchange) throws IOException {
        Batches batches = exchange.getVariable(BATCHES, Batches.class);
        batches.acknowledge();
        batches.next(exchange);
    }

    /**
     * Lines that go to the spool together.
     *
     * @param rows how many rows of the page have all their lines in this block or an earlier one
     */
    private record Batch(LineBlock block, long rows) {}

    /**
     * Blocks of lines within the limits of one request, gzipped, or lines that share theirs with others. A row is read only when
     * its block is asked for: a page is never in memory whole.
     */
    private final class Batches {
        private final PageAcknowledger page;
        private final Iterator<Row> rows;
        private final long nowNanos;
        private final boolean requests;
        private final Queue<Batch> finished = new ArrayDeque<>();
        private Batch current;
        private long rowsRead;

        private ByteArrayOutputStream content;
        private OutputStream out;
        private long lines;
        private long bytes;

        Batches(Exchange exchange) {
            page = exchange.getVariable(PageAcknowledger.VARIABLE, PageAcknowledger.class);
            rows = rows(exchange.getMessage().getBody());
            nowNanos = TimeUnit.MILLISECONDS.toNanos(exchange.getClock().getCreated());
            // Whoever starts the product sees its first points at once.
            requests = page != null || encoder == null;
            if (encoder == null) {
                createEncoder();
            }
            encoder.beginPage();
        }

        /** After the last one, the variable {@code moreLines} is false and the body null. */
        void next(Exchange exchange) {
            while (finished.isEmpty() && rows.hasNext()) {
                encoder.encode(rows.next(), nowNanos, this::add);
                rowsRead++;
            }
            if (finished.isEmpty() && lines > 0) {
                finish();
            }
            current = finished.poll();
            exchange.setVariable(MORE, current != null);
            exchange.getMessage().setBody(current == null ? null : current.block());
        }

        private void add(byte[] line, int offset, int length) {
            try {
                if (lines == settings.limits().maxLines()
                        || lines > 0 && bytes + length > settings.limits().maxBytes()) {
                    finish();
                }
                if (lines == 0) {
                    content = new ByteArrayOutputStream(64 * 1024);
                    out = requests ? new BufferedOutputStream(Gzip.packing(content), 32 * 1024) : content;
                }
                out.write(line, offset, length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            lines++;
            bytes += length;
        }

        private void finish() {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Kind kind = page == null ? Kind.GAUGE : Kind.RECORD;
            finished.add(new Batch(
                    new LineBlock(source, category, kind, content.toByteArray(), requests, lines, bytes), rowsRead));
            content = null;
            out = null;
            lines = 0;
            bytes = 0;
        }

        void acknowledge() throws IOException {
            settings.metrics().pointsSpooled(source, current.block().lines());
            if (page != null) {
                page.acknowledge(current.rows());
            }
        }
    }

    private void createEncoder() {
        settings.metrics().measurement(source);
        PointSchema schema = new PointSchema(
                measurement,
                tagColumns,
                fieldColumns,
                timeColumn,
                trackingColumn,
                identityColumn,
                splitColumn,
                settings.splitBytes(),
                firstPageColumns,
                settings.commonTags());
        encoder = new LineEncoder(schema, reason -> settings.metrics().valuesDropped(source, reason, 1));
    }

    private Iterator<Row> rows(Object body) {
        Iterator<?> items = body == null
                ? Collections.emptyIterator()
                : body instanceof Map ? List.of(body).iterator() : ObjectHelper.createIterator(body);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Row next() {
                return row(items.next());
            }
        };
    }

    @SuppressWarnings("unchecked")
    private Row row(Object item) {
        if (item instanceof Row row) {
            return row;
        }
        if (item instanceof Map<?, ?> map) {
            return ValueRow.of((Map<String, ?>) map);
        }
        throw new IllegalArgumentException("a row for " + measurement + " is a map of columns and values, not "
                + (item == null ? "null" : item.getClass().getName())
                + "; see what the step before kamelet:line-protocol-action gives");
    }

    private static List<String> list(String columns) {
        return Arrays.stream(columns.split(","))
                .map(String::strip)
                .filter(column -> !column.isEmpty())
                .toList();
    }

    private static String name(String column) {
        return column.isBlank() ? null : column.strip();
    }
}
