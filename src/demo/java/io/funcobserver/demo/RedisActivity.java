package io.funcobserver.demo;

import java.util.Random;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Moves the queues and keys of a Redis database as a busy Func does. */
final class RedisActivity {
    private static final String APP = "DataFluxFunc";
    private static final int QUEUES = 16;
    private static final int LONGEST_QUEUE = 60;
    private static final int KEY_SECONDS = 60;

    private final RedisDatabase database;
    private final Random random;

    RedisActivity(RedisDatabase database, Random random) {
        this.database = database;
        this.random = random;
    }

    /** One step: some queues grow or shrink, some keys come; keys of a while ago expire. */
    void step() {
        try (Jedis jedis = database.connect();
                Pipeline pipeline = jedis.pipelined()) {
            for (int queue = 0; queue < QUEUES; queue++) {
                moveQueue(pipeline, APP + "-worker#workerQueue@" + queue);
                moveDelayQueue(pipeline, APP + "-worker#delayQueue@" + queue);
            }
            for (int i = 0; i < 6; i++) {
                String worker = "w" + random.nextInt(40);
                put(
                        pipeline,
                        APP + "-monitor#heartbeat@workerOnQueue:workerId:" + worker + ":queue:" + random.nextInt(QUEUES)
                                + ":");
                put(
                        pipeline,
                        APP + "-cacheService#workerCache@result:funcId:demo__api.hello" + random.nextInt(90) + ":");
                put(pipeline, APP + "-user#session@user-" + random.nextInt(30));
            }
            put(pipeline, APP + "-sys#lock@autoClean");
            beat(pipeline, "server", 1, 17);
            beat(pipeline, "beat", 2, 23);
            for (int worker = 0; worker < 3; worker++) {
                beat(pipeline, "worker", 3 + worker, 40 + worker);
            }
            put(pipeline, "celery-task-meta-" + random.nextInt(50));
            put(pipeline, "other-application:session:" + random.nextInt(50));
            pipeline.sync();
        }
    }

    private void moveQueue(Pipeline pipeline, String key) {
        if (random.nextInt(3) == 0) {
            pipeline.ltrim(key, 0, random.nextInt(LONGEST_QUEUE));
            pipeline.rpop(key);
        } else {
            for (int i = random.nextInt(4); i > 0; i--) {
                pipeline.lpush(key, "{\"name\":\"Func.Runner\"}");
            }
        }
    }

    private void moveDelayQueue(Pipeline pipeline, String key) {
        long now = seconds();
        pipeline.zremrangeByScore(key, "-inf", String.valueOf(now));
        if (random.nextInt(4) == 0) {
            pipeline.zadd(key, now + random.nextInt(60), "{\"name\":\"Func.Runner\",\"id\":" + random.nextInt() + "}");
        }
    }

    private static void beat(Pipeline pipeline, String name, int node, int pid) {
        String value = String.format(
                "{\"ts\":%d,\"name\":\"%s\",\"version\":\"6.1.0\",\"edition\":\"ce\",\"uptime\":%d}",
                seconds(), name, seconds() % 1_000_000);
        pipeline.hset(APP + "-monitor#heartbeat@serviceInfo", "hostname:node-" + node + ":pid:" + pid, value);
    }

    private static long seconds() {
        return System.currentTimeMillis() / 1000;
    }

    private static void put(Pipeline pipeline, String key) {
        pipeline.setex(key, KEY_SECONDS, "1");
    }
}
