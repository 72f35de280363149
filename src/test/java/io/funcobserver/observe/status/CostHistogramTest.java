package io.funcobserver.observe.status;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class CostHistogramTest {
    @Property
    void theMiddleOfACostsClassIsWithinAnEighthOfIt(@ForAll @LongRange(min = 0, max = (1L << 27) - 1) long millis) {
        long middle = CostHistogram.middle(CostHistogram.classOf(millis));

        assertThat((double) middle).isCloseTo(millis, within(millis / 8.0));
    }

    @Property
    void everyCostHasAClass(@ForAll long millis) {
        assertThat(CostHistogram.classOf(millis)).isBetween(0, CostHistogram.CLASSES - 1);
    }
}
