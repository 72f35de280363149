package io.funcobserver.kafka;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.HealthState;

/**
 * The tails' lines and cursors, each tail's in transactions of its own.
 *
 * <p>Camel's component ends a transaction with the exchange; here one ends with each cursor, of which a page has several,
 * and the tail has to hear what came of it.
 */
public final class TailTransactions implements AutoCloseable {
    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final KafkaSpool spool;
    private final HealthState health;
    private final Map<String, TailTransaction> tails = new ConcurrentHashMap<>();

    public TailTransactions(KafkaClients clients, KafkaTopics topics, KafkaSpool spool, HealthState health) {
        this.clients = clients;
        this.topics = topics;
        this.spool = spool;
        this.health = health;
    }

    /** Where the tail of that name keeps its cursor. */
    public CursorStore cursor(String tail) {
        return of(tail);
    }

    private TailTransaction of(String tail) {
        return tails.computeIfAbsent(tail, name -> new TailTransaction(name, clients, topics, spool, health));
    }

    /**
     * Adds requests to the open transaction of a tail, or to a new one: safe with its next cursor.
     *
     * @throws IOException when that cannot be; nothing of the transaction is kept then
     */
    public void append(String tail, List<RequestMessage> requests) throws IOException {
        of(tail).append(requests);
    }

    @Override
    public void close() {
        tails.values().forEach(TailTransaction::close);
    }
}
