package io.funcobserver.cluster;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in the election of one leader by a Lease of Kubernetes, by the rules of Kubernetes' own client (client-go,
 * {@code tools/leaderelection}):
 *
 * <ul>
 *   <li>Each write names the version that it was made from, and the API server refuses it when there is a newer one: of two
 *       replicas that take a Lease at once, one does.
 *   <li>A leader leads until {@link Timing#deadline} after it began the last write that succeeded, whether it hears from
 *       the API server or not. Then it has stood down by its own clock, before anyone else may take the Lease.
 *   <li>A Lease is over when this replica has seen it unchanged for as long as it says. Only intervals of this machine's
 *       monotonic clock count: clocks of two machines are never compared.
 *   <li>A stop gives the Lease back, so that the next one need not wait until it is over.
 * </ul>
 */
public final class LeaseElection implements Leadership, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseElection.class);

    /**
     * How quick it is.
     *
     * @param lease for how long a Lease is left to its holder without a renewal; whole seconds
     * @param deadline for how long a leader leads without one; the difference is what a last page may take
     * @param renew how often a leader renews
     * @param look how often the others look
     */
    public record Timing(Duration lease, Duration deadline, Duration renew, Duration look) {
        /** Another one leads at the latest 13 s after the leader was killed, and 1 s after it has given the Lease back. */
        public static final Timing STANDARD =
                new Timing(Duration.ofSeconds(10), Duration.ofSeconds(6), Duration.ofSeconds(2), Duration.ofSeconds(1));
    }

    /** How long the routes may take to stop reading before the Lease is given back all the same. */
    private static final Duration LAST_PAGES = Duration.ofSeconds(2);

    private final LeaseClient leases;
    private final String identity;
    private final Timing timing;
    private final Consumer<String> onTrouble;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Asks the API server; a request that hangs delays nothing but the next. */
    private final ScheduledExecutorService rounds = thread("lease");
    /** Ends a term in time, whatever the request under way does. */
    private final ScheduledExecutorService deadlines = thread("lease-deadline");
    /** Tells the listeners, which stop and start routes. */
    private final ExecutorService notifier = thread("leadership");

    /** As it was written by this replica, or null where it has to be asked for. */
    private Lease lastWritten;

    private String seenVersion;
    private long seenNanos;
    private long terms;
    private volatile Leading leading;
    private volatile String holder;
    private volatile boolean stopping;

    /** A term, and when it ends unless the Lease is renewed, on the monotonic clock. */
    private record Leading(Term term, long endsNanos) {
        boolean hasEnded() {
            return endsNanos - System.nanoTime() <= 0;
        }
    }

    /**
     * @param identity of this process, unlike that of any other, be it an earlier life in the same pod
     * @param onTrouble hears in one line what keeps the Lease from being read or written, and null when it is over
     */
    public LeaseElection(LeaseClient leases, String identity, Timing timing, Consumer<String> onTrouble) {
        this.leases = leases;
        this.identity = identity;
        this.timing = timing;
        this.onTrouble = onTrouble;
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to take part. Returns at once: until the API server has answered, this replica does not lead. */
    public void start() {
        rounds.execute(this::round);
    }

    @Override
    public Term term() {
        Leading now = leading;
        return now == null || now.hasEnded() ? null : now.term();
    }

    /** Whether routes that read should run: while a stop lets the last pages end, no longer. */
    boolean shouldRead() {
        return !stopping && term() != null;
    }

    /** Who leads, as far as is known: {@link #identity}, or what another replica calls itself; null for nobody. */
    public String holder() {
        return holder;
    }

    public String identity() {
        return identity;
    }

    /** To be run whenever this replica begins or ceases to lead: one run at a time, each after it is so. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void round() {
        if (stopping) {
            return;
        }
        try {
            Lease lease = lastWritten != null ? lastWritten : leases.get();
            decide(lease);
            onTrouble.accept(null);
        } catch (RuntimeException e) {
            // The write may have arrived without its answer, or another one came first.
            lastWritten = null;
            if (e instanceof KubernetesClientException refused && refused.getCode() == LeaseClient.CONFLICT) {
                LOG.debug("The Lease was written by another one in between");
            } else {
                onTrouble.accept(leases.diagnosis(e));
            }
        } finally {
            Duration pause = lastWritten != null ? timing.renew() : timing.look();
            rounds.schedule(this::round, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void decide(Lease lease) {
        long began = System.nanoTime();
        if (lease == null) {
            lastWritten = leases.create(
                    claimed(new LeaseBuilder().withNewSpec().endSpec().build(), true));
            lead(began, false);
            return;
        }
        String holding = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        boolean isOwn = identity.equals(holding);
        boolean isFree = holding == null || holding.isEmpty();
        if (!isOwn && !isFree && !hasExpired(lease, began)) {
            holder = holding;
            endTerm();
            return;
        }
        lastWritten = leases.update(claimed(lease, !isOwn));
        lead(began, lease.getSpec() != null && lease.getSpec().getAcquireTime() != null);
    }

    /** Whether its holder has not renewed it for as long as it had. */
    private boolean hasExpired(Lease lease, long now) {
        String version = lease.getMetadata().getResourceVersion();
        if (!version.equals(seenVersion)) {
            seenVersion = version;
            seenNanos = now;
        }
        Integer seconds = lease.getSpec().getLeaseDurationSeconds();
        Duration given = seconds == null ? timing.lease() : Duration.ofSeconds(seconds);
        return now - seenNanos >= given.toNanos();
    }

    /** The times in it are for people: nobody reckons with them. */
    private Lease claimed(Lease lease, boolean anew) {
        LeaseSpec before = lease.getSpec();
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        boolean first = before == null || before.getAcquireTime() == null;
        Integer transitions = before == null ? null : before.getLeaseTransitions();
        int changes = transitions == null ? 0 : transitions;
        return new LeaseBuilder(lease)
                .editOrNewSpec()
                .withHolderIdentity(identity)
                .withLeaseDurationSeconds((int) timing.lease().toSeconds())
                .withAcquireTime(anew ? now : before.getAcquireTime())
                .withRenewTime(now)
                .withLeaseTransitions(anew && !first ? changes + 1 : changes)
                .endSpec()
                .build();
    }

    /** @param began when the write began by which the Lease is this replica's */
    private synchronized void lead(long began, boolean takesOver) {
        holder = identity;
        // An answer that comes too late for one term may still be in time for another.
        passDeadline();
        Leading next = new Leading(
                leading == null ? new Term(++terms, takesOver) : leading.term(),
                began + timing.deadline().toNanos());
        if (next.hasEnded() || stopping) {
            return;
        }
        boolean begins = leading == null;
        leading = next;
        deadlines.schedule(this::passDeadline, next.endsNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (begins) {
            LOG.info("This replica reads now: it holds {} as {}", leases, identity);
            notifyListeners();
        }
    }

    private synchronized void passDeadline() {
        if (leading != null && leading.hasEnded()) {
            endTerm();
        }
    }

    private synchronized void endTerm() {
        if (leading != null) {
            leading = null;
            LOG.warn("This replica reads no longer: {} may be another one's by now", leases);
            notifyListeners();
        }
    }

    private Future<?> notifyListeners() {
        return notifier.submit(() -> listeners.forEach(Runnable::run));
    }

    /**
     * Lets the routes stop reading, and gives the Lease back. What has not come to its end in a short while moves no cursor any
     * more.
     */
    @Override
    public void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        await(notifyListeners(), LAST_PAGES);
        synchronized (this) {
            leading = null;
        }
        await(rounds.submit(this::release), timing.look().multipliedBy(2));
        rounds.shutdownNow();
        deadlines.shutdownNow();
        notifier.shutdownNow();
        leases.close();
    }

    private void release() {
        if (!identity.equals(holder)) {
            return;
        }
        try {
            Lease lease = lastWritten != null ? lastWritten : leases.get();
            if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
                leases.update(new LeaseBuilder(lease)
                        .editSpec()
                        .withHolderIdentity(null)
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                        .endSpec()
                        .build());
                LOG.info("Gave {} back", leases);
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not be given back: {}", leases, leases.diagnosis(e));
        }
    }

    private static void await(Future<?> work, Duration atMost) {
        try {
            work.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("A part of the stop is not waited for any longer");
        } catch (ExecutionException e) {
            LOG.warn("A part of the stop failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
