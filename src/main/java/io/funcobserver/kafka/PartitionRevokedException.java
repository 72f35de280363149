package io.funcobserver.kafka;

import org.apache.kafka.common.TopicPartition;

/** The message that is being delivered has become another process's, who begins with it anew. */
public final class PartitionRevokedException extends Exception {
    private static final long serialVersionUID = 1L;

    PartitionRevokedException(TopicPartition partition) {
        super(partition + " was given to another consumer of the group", null, false, false);
    }
}
