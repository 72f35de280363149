package io.funcobserver.spool;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
    private static final String BATCH = "batch";
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
        exchange.setVariable(BATCHES, settings.sent().test(category) ? batches(exchange) : Collections.emptyIterator());
        next(exchange);
    }

    /** Makes the next block the body; after the last one, the variable {@code moreLines} is false and the body null. */
    public void next(Exchange exchange) {
        Iterator<?> batches = exchange.getVariable(BATCHES, Iterator.class);
        boolean more = batches.hasNext();
        LineBatches.Batch batch = more ? (LineBatches.Batch) batches.next() : null;
        exchange.setVariable(MORE, more);
        exchange.setVariable(BATCH, batch);
        exchange.getMessage().setBody(more ? batch.block() : null);
    }

    private Iterator<LineBatches.Batch> batches(Exchange exchange) {
        PageAcknowledger page = exchange.getVariable(PageAcknowledger.VARIABLE, PageAcknowledger.class);
        // Whoever starts the product sees its first points at once.
        boolean isFirst = encoder == null;
        if (isFirst) {
            createEncoder();
        }
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(exchange.getClock().getCreated());
        return new LineBatches(
                rows(exchange.getMessage().getBody()),
                encoder,
                nowNanos,
                settings.limits(),
                source,
                category,
                page == null ? Kind.GAUGE : Kind.RECORD,
                page != null || isFirst);
    }

    /** Counts the block, which is safe on disk now, and acknowledges its rows. */
    public void acknowledge(Exchange exchange) throws IOException {
        LineBatches.Batch batch = exchange.getVariable(BATCH, LineBatches.Batch.class);
        settings.metrics().pointsSpooled(source, batch.block().lines());
        PageAcknowledger page = exchange.getVariable(PageAcknowledger.VARIABLE, PageAcknowledger.class);
        if (page != null) {
            page.acknowledge(batch.rows());
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
