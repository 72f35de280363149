package io.funcobserver.bench;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.funcobserver.demo.FreeRunningFunc.Finished;
import io.funcobserver.demo.FuncSchema;

/** Tasks of user functions that end evenly, {@value #PER_SECOND} a second. */
final class EvenLoad {
    static final int PER_SECOND = 1000;
    private static final int AT_ONCE = 50;

    private final Workload workload = new Workload("even", "task-record-func", PER_SECOND, 200);
    private final Consumer<Finished> committed;

    /** @param committed is told of each row that is in the table */
    EvenLoad(Consumer<Finished> committed) {
        this.committed = committed;
    }

    /** @param after how many rows there are already */
    void insert(Statement statement, long after, int seconds) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        long rows = 0;
        while (rows < (long) seconds * PER_SECOND) {
            statement.execute(workload.insert(FuncSchema.TASK_RECORD_FUNC, after + rows, AT_ONCE)
                    .replace(" (id,", " (seq, id,")
                    .replace("SELECT CONCAT", "SELECT seq + " + (after + rows) + ", CONCAT"));
            long now = System.nanoTime();
            for (int i = 1; i <= AT_ONCE; i++) {
                long number = after + rows + i;
                committed.accept(new Finished(null, Workload.id(number), Workload.triggerMs(number), now));
            }
            rows += AT_ONCE;
            long due = begin + rows * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
        }
    }
}
