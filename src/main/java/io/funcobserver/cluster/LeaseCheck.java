package io.funcobserver.cluster;

import java.util.Map;

import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Says at {@code /observe/health} which replica reads. A standby is as well as the leader: always UP. */
public final class LeaseCheck extends AbstractHealthCheck {
    private final LeaseElection election;
    private final String lease;

    public LeaseCheck(LeaseElection election, String lease) {
        super("func-observer", "lease");
        this.election = election;
        this.lease = lease;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        boolean leads = election.term() != null;
        String holder = election.holder();
        builder.detail("lease", lease)
                .detail("role", leads ? "leader" : "standby")
                .detail("identity", election.identity())
                .detail("holder", holder == null ? "" : holder)
                .message(leads ? "leader: this replica reads" : "standby: " + whoHolds(holder) + " the Lease " + lease)
                .up();
    }

    private static String whoHolds(String holder) {
        return holder == null ? "nobody is known to hold" : holder + " holds";
    }

    @Override
    public boolean isLiveness() {
        return false;
    }
}
