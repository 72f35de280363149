package io.funcobserver.cluster;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.camel.cluster.CamelClusterMember;
import org.apache.camel.support.cluster.AbstractCamelClusterService;
import org.apache.camel.support.cluster.AbstractCamelClusterView;

/**
 * The {@link LeaseElection} as Camel's cluster service, for Camel's own clustered route policies.
 *
 * <p>Not camel-kubernetes' service. That one takes a leader for alive as long as Kubernetes calls its pod ready, whether the
 * Lease is renewed or not: with a leader that is cut off from the API server, or on a node that died, nobody leads for
 * minutes. A failed renewal ends its rounds for good, and a stop does not give the Lease back.
 */
public final class LeaseClusterService extends AbstractCamelClusterService<LeaseClusterService.View> {
    private final LeaseElection election;

    public LeaseClusterService(LeaseElection election) {
        this.election = election;
    }

    @Override
    protected View createView(String namespace) {
        return new View(this, namespace, election);
    }

    private record Member(String id, LeaseElection election) implements CamelClusterMember {
        @Override
        public String getId() {
            return id;
        }

        @Override
        public boolean isLeader() {
            return isLocal() ? election.shouldRead() : id.equals(election.holder());
        }

        @Override
        public boolean isLocal() {
            return id.equals(election.identity());
        }
    }

    /** Knows this replica and the one that leads: a Lease names no others. */
    static final class View extends AbstractCamelClusterView {
        private final LeaseElection election;
        private final Member local;

        View(LeaseClusterService service, String namespace, LeaseElection election) {
            super(service, namespace);
            this.election = election;
            this.local = new Member(election.identity(), election);
            election.onChange(() -> fireLeadershipChangedEvent(getLeader().orElse(null)));
        }

        @Override
        public Optional<CamelClusterMember> getLeader() {
            return Optional.ofNullable(election.holder())
                    .<CamelClusterMember>map(id -> new Member(id, election))
                    .filter(CamelClusterMember::isLeader);
        }

        @Override
        public CamelClusterMember getLocalMember() {
            return local;
        }

        @Override
        public List<CamelClusterMember> getMembers() {
            return Stream.concat(Stream.of((CamelClusterMember) local), getLeader().stream())
                    .distinct()
                    .toList();
        }
    }
}
