package io.funcobserver.mysql;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.sql.DataSource;

import io.funcobserver.cluster.Leadership;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.redis.ListWatch;

/**
 * What all tails share.
 *
 * @param cursors where the tail of a name keeps its cursor; null where a tail must not leave a trace (preview)
 * @param start where a tail without a cursor begins
 * @param pageSize the most rows of a page
 * @param pageBytes how many bytes of values end a page
 * @param largestRow what one row may take on its way from MySQL, in bytes
 * @param lateWindow how long a gap in the tracking column is looked at again
 * @param lists watches the lists that hold records before they have a row; null where they are not read
 * @param getsRow whether a record of a list will have a row: Func keeps none of some
 * @param health where a list that cannot be read is shown
 * @param leadership whether this process is the one that reads
 * @param diagnosis says in one line, without secrets, why a list cannot be read
 */
public record TailSettings(
        DataSource mysql,
        Function<String, CursorStore> cursors,
        Start start,
        int pageSize,
        long pageBytes,
        long largestRow,
        Duration lateWindow,
        Metrics metrics,
        ListWatch lists,
        Predicate<Row> getsRow,
        HealthState health,
        Leadership leadership,
        Function<Throwable, String> diagnosis) {

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
