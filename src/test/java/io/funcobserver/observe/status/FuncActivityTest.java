package io.funcobserver.observe.status;

import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class FuncActivityTest {
    private static final long NOW = 1_700_000_005_000L;
    private static final long HOUR = 3_600_000;

    private final FuncActivity activity = new FuncActivity();

    @Test
    void nothingIsSaidBeforeAnythingPassed() {
        assertThat(activity.report(NOW, true)).isNull();
    }

    @Test
    void countsCallsByStatusAndKnowsNoOthers() {
        activity.call("f", "success", 1, 2, NOW);
        activity.call("f", "failure", 1, 2, NOW);
        activity.call("f", "a new one", 1, 2, NOW);
        activity.call("f", "another", 1, 2, NOW);

        assertThat(activity.report(NOW, false).callsByStatus())
                .containsEntry("success", 1L)
                .containsEntry("failure", 1L)
                .containsEntry("other", 2L)
                .containsEntry("skip", 0L);
    }

    @Test
    void perSecondIsThatOfTheLastMinute() {
        for (int second = 0; second < 600; second++) {
            for (int call = 0; call < 5; call++) {
                activity.call("f", "success", 1, 2, NOW - second * 1000L);
            }
        }

        assertThat(activity.report(NOW, false).perSecond().get("success")).isCloseTo(5.0, within(0.2));
    }

    @Test
    void forgetsWhatIsOlderThanAnHour() {
        activity.call("old", "success", 10, 20, NOW - 2 * HOUR);
        activity.call("new", "success", 1, 2, NOW);

        StatusReport.Func report = activity.report(NOW, true);
        assertThat(report.calls()).isEqualTo(1);
        assertThat(report.mostCalled())
                .extracting(StatusReport.FunctionCalls::function)
                .containsExactly("new");
        assertThat(report.runMillis().p99()).isEqualTo(2);
    }

    @Test
    void aCallThatComesLateDoesNotEmptyTheStepOfANewerOne() {
        activity.call("f", "success", 1, 2, NOW);
        activity.call("f", "success", 1, 2, NOW - HOUR);

        assertThat(activity.report(NOW, false).calls()).isEqualTo(1);
    }

    @Test
    void percentilesAreRightWithinAnEighth() {
        for (int i = 1; i <= 1000; i++) {
            activity.call("f", "success", i, i * 100L, NOW);
        }

        StatusReport.Func report = activity.report(NOW, false);
        assertThat((double) report.waitMillis().p50()).isCloseTo(500, within(500 / 8.0));
        assertThat((double) report.waitMillis().p95()).isCloseTo(950, within(950 / 8.0));
        assertThat((double) report.runMillis().p99()).isCloseTo(99_000, within(99_000 / 8.0));
    }

    @Test
    void aCostThatIsNotKnownIsNoCostAndANegativeOneIsZero() {
        activity.call("f", "expire", FuncActivity.UNKNOWN, FuncActivity.UNKNOWN, NOW);

        assertThat(activity.report(NOW, false).waitMillis().p50()).isNull();
        assertThat(activity.report(NOW, false).slowest()).isEmpty();

        activity.call("f", "success", -5, -5, NOW);
        assertThat(activity.report(NOW, false).waitMillis().p50()).isZero();
        assertThat(activity.report(NOW, false).slowest().get(0).meanRun()).isZero();
    }

    @Test
    void ranksFunctionsByCallsByMeanRunAndByFailures() {
        for (int i = 0; i < 5; i++) {
            activity.call("often", "success", 1, 1, NOW);
        }
        activity.call("slow", "success", 1, 9000, NOW);
        activity.call("bad", "failure", 1, 2, NOW);
        activity.call("bad", "timeout", 1, 2, NOW);
        activity.call("worse", "failure", 1, 2, NOW);

        StatusReport.Func report = activity.report(NOW, false);
        assertThat(report.mostCalled().get(0).function()).isEqualTo("often");
        assertThat(report.slowest().get(0)).isEqualTo(new StatusReport.FunctionCalls("slow", 1, 0, 9000.0, 9000L));
        assertThat(report.mostFailing())
                .extracting(StatusReport.FunctionCalls::function)
                .containsExactly("bad", "worse");
        assertThat(report.mostFailing().get(0).failing()).isEqualTo(2);
    }

    @Test
    void whatIsCalledOftenStaysAmongAFloodOfOthers() {
        for (int i = 0; i < 100; i++) {
            activity.call("often", "success", 1, 1, NOW);
        }
        for (int i = 0; i < 20_000; i++) {
            activity.call("once-" + i, "success", 1, 1, NOW);
        }

        StatusReport.Func report = activity.report(NOW, false);
        assertThat(report.functions()).isEqualTo(FunctionTable.LIMIT);
        assertThat(report.mostCalled().get(0).function()).isEqualTo("often");
        // Every other one of those that are known was called once.
        assertThat(report.callsUnranked()).isEqualTo(20_001 - FunctionTable.LIMIT);
    }

    @Test
    void aNameIsCutAndAMissingOneIsNoFunction() {
        activity.call("x".repeat(100_000), "success", 1, 1, NOW);
        activity.call("", "success", 1, 1, NOW);
        activity.call(null, null, 1, 1, NOW);

        StatusReport.Func report = activity.report(NOW, false);
        assertThat(report.calls()).isEqualTo(3);
        assertThat(report.mostCalled()).hasSize(1);
        assertThat(report.mostCalled().get(0).function()).hasSize(256);
    }

    @Test
    void queuesKeepTheNewestLengthAndTheLongestOfTheHour() {
        activity.queue("10", 3, NOW - 120_000);
        activity.queue("2", 70, NOW - 120_000);
        activity.queue("2", 7, NOW);
        activity.queue("2", 900, NOW - 2 * HOUR);

        assertThat(activity.report(NOW, false).queues())
                .isEqualTo(List.of(new StatusReport.Queue("2", 7, 70), new StatusReport.Queue("10", 3, 3)));
    }

    @Test
    void moreQueuesThanFuncHasAreLeftOut() {
        for (int i = 0; i < 10_000; i++) {
            activity.queue("q" + i, 1, NOW);
        }

        assertThat(activity.report(NOW, false).queues()).hasSize(FuncActivity.MAX_QUEUES);
    }

    @Test
    void theSeriesEndWithTheLastFullStep() {
        activity.call("f", "success", 1, 2, NOW - 10_000);
        activity.call("f", "success", 1, 2, NOW);

        StatusReport.Series series = activity.report(NOW, true).callHistory();
        int[] values = series.values().get("success");
        assertThat(series.end()).isEqualTo(1_700_000_000L);
        assertThat(values).hasSize(360);
        assertThat(values[359]).isEqualTo(1);
    }

    @Property
    void aCostIsShownWithinAnEighthOfIt(@ForAll @LongRange(min = 0, max = FuncActivity.MAX_COST) long millis) {
        FuncActivity one = new FuncActivity();
        one.call("f", "success", millis, millis, NOW);

        assertThat((double) one.report(NOW, false).waitMillis().p50()).isCloseTo(millis, within(millis / 8.0));
    }

    @Property
    void everyCostIsTaken(@ForAll long millis) {
        FuncActivity one = new FuncActivity();
        one.call("f", "success", millis, millis, NOW);

        assertThat(one.report(NOW, false).calls()).isEqualTo(1);
    }
}
