package io.funcobserver.mysql;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.sql.DataSource;

import io.funcobserver.cluster.Leadership;
import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.redis.ListWatch;

/**
 * What all tails share.
 *
 * @param cursors where the tail of a name keeps its cursor; null where a tail must not leave a trace (preview)
 * @param start where a tail without a cursor begins
 * @param lateWindow how long a gap in the tracking column is looked at again
 * @param leadership whether this process is the one that reads
 * @param buffers null where the lists are not read
 */
public record TailSettings(
        DataSource mysql,
        Function<String, CursorStore> cursors,
        Start start,
        PageLimits page,
        Duration lateWindow,
        Metrics metrics,
        Leadership leadership,
        Buffers buffers) {

    /**
     * What ends a page, whichever comes first.
     *
     * @param rows the most rows
     * @param bytes of values, of which the last row may have more
     */
    public record PageLimits(int rows, long bytes) {
        public static PageLimits of(Settings settings) {
            return new PageLimits(settings.number("records.page-size"), settings.size("records.page-bytes"));
        }
    }

    /**
     * How the lists are read that hold records before they have a row.
     *
     * @param watch sees what is pushed to them
     * @param getsRow whether a record will have a row: Func keeps none of some
     * @param health where a list that cannot be read is shown
     * @param diagnosis says in one line, without secrets, why it cannot be
     */
    public record Buffers(
            ListWatch watch, Predicate<Row> getsRow, HealthState health, Function<Throwable, String> diagnosis) {}

    /** Where a tail without a cursor begins. */
    public sealed interface Start {
        /** @param position as the property {@code records.start} has it */
        static Start of(String position) {
            return switch (position) {
                case "now" -> new Now();
                case "beginning" -> new Beginning();
                default -> new After(Long.parseUnsignedLong(position));
            };
        }

        /** After the newest row that there is. */
        record Now() implements Start {}

        /** With the oldest row that there is. */
        record Beginning() implements Start {}

        /** After the row of this number, which is unsigned. */
        record After(long seq) implements Start {}

        /** With so many of the newest rows. */
        record Newest(int rows) implements Start {}
    }
}
