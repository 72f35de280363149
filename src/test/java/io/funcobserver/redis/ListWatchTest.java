package io.funcobserver.redis;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;
import io.funcobserver.testing.Link;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** On a clock that stands at the time of a flush, so that looks are dense. */
@Slow
class ListWatchTest {
    private static final String KEY = "list";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final RedisDatabase database = Servers.newRedisDatabase();
    private final Jedis func = database.connect();
    private FuncRedis redis;
    private ListWatch watch;

    @BeforeEach
    void open() {
        open(new String[0]);
    }

    private void open(String... more) {
        close(watch, redis);
        Settings settings = Settings.read(
                        new SettingsSources(
                                Stream.concat(
                                                Stream.of(
                                                        "target.url=http://127.0.0.1:1",
                                                        "func.redis.host=" + database.host(),
                                                        "func.redis.port=" + database.port(),
                                                        "func.redis.database=" + database.number()),
                                                Stream.of(more))
                                        .toList(),
                                Map.of(),
                                null),
                        List.of())
                .orThrow();
        redis = FuncRedis.open(settings, LONG, LONG);
        watch = new ListWatch(redis.template(), Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        close(watch, redis);
        func.close();
    }

    private static void close(ListWatch watch, FuncRedis redis) {
        if (watch != null) {
            watch.close();
            redis.close();
        }
    }

    private WatchedList.Reader following() {
        WatchedList.Reader reader = watch.reader(KEY);
        await().until(() -> reader.losses() > 0);
        return reader;
    }

    /** Takes everything until it is there, so that what comes later is new. */
    private static List<String> take(WatchedList.Reader reader, String last) {
        List<String> taken = new ArrayList<>();
        await().until(() -> {
            List<String> some = reader.next(3, 1 << 20);
            taken.addAll(some);
            reader.take(some.size());
            return taken.contains(last);
        });
        return taken;
    }

    @Test
    void givesWhatIsPushedOldestFirstAlsoWhenItIsGoneAgain() {
        func.lpush(KEY, "before");
        WatchedList.Reader reader = following();
        WatchedList.Reader other = watch.reader(KEY);
        func.lpush(KEY, "1", "2", "3");
        await().until(() -> reader.next(9, 1 << 20).size() == 3);
        func.del(KEY);
        func.lpush(KEY, "4", "5");
        assertThat(take(reader, "5")).containsExactly("1", "2", "3", "4", "5");
        assertThat(take(other, "5")).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void missesNothingWhileEntriesArePoppedFromTheTail() {
        WatchedList.Reader reader = following();
        long losses = reader.losses();
        List<String> pushed = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 100; i++) {
                String entry = round + "-" + i;
                pushed.add(entry);
                func.lpush(KEY, entry);
            }
            // Func waits for nobody; here it waits for what would be luck.
            await().untilAsserted(() -> assertThat(reader.next(2000, 1 << 20)).isEqualTo(pushed));
            for (int i = 0; i < 90; i++) {
                func.rpop(KEY);
            }
        }
        assertThat(reader.losses()).isEqualTo(losses);
    }

    @Test
    void passesOverAnEntryThatIsTooLargeWhereverItStands() {
        WatchedList.Reader reader = following();
        String large = "x".repeat(BoundedAnswers.MOST_BYTES);
        func.lpush(KEY, "1", "2", large, "3", "4", "5");
        assertThat(take(reader, "5")).containsExactly("1", "2", "3", "4", "5");
        func.lpush(KEY, "6", large);
        assertThat(take(reader, "6")).containsExactly("6");
        func.lpush(KEY, "7", "8");
        assertThat(take(reader, "8")).containsExactly("7", "8");
        assertThat(reader.newTooLarge()).isEqualTo(2);
        assertThat(reader.newTooLarge()).isZero();
        func.lpush(KEY, large);
        await().until(() -> reader.newTooLarge() == 1);
        func.rpop(KEY);
        func.lpush(KEY, "9");
        assertThat(take(reader, "9")).containsExactly("9");
    }

    @Test
    void givesEntriesThatAreTooLargeOnlyTogether() {
        WatchedList.Reader reader = following();
        String[] entries = IntStream.range(0, 40)
                .mapToObj(i -> i + "-" + "x".repeat(BoundedAnswers.MOST_BYTES / 20))
                .toArray(String[]::new);
        func.lpush(KEY, entries);
        func.lpush(KEY, "last");
        List<String> taken = take(reader, "last");
        // It is told where not all of them fitted into memory.
        assertThat(taken.size() == 41 || reader.losses() > 1).isTrue();
        assertThat(reader.newTooLarge()).isZero();
    }

    @Test
    void tellsWhoIsSlowThatEntriesHavePassed() {
        WatchedList.Reader reader = following();
        long losses = reader.losses();
        String entry = "x".repeat(1 << 20);
        for (int i = 0; i < 10; i++) {
            func.lpush(KEY, i + entry);
        }
        await().until(() -> {
            reader.next(1, 1);
            return reader.losses() > losses;
        });
        int size = reader.next(99, 1 << 30).size();
        assertThat(size).isBetween(1, 9);
    }

    @Test
    void saysThatItDoesNotFollowWhatIsNoListUntilItIsOne() {
        func.set(KEY, "text");
        WatchedList.Reader reader = watch.reader(KEY);
        WatchedList.Reader other = watch.reader("other");
        await().until(() -> other.losses() > 0);
        assertThat(reader.losses()).isEqualTo(-1);
        func.del(KEY);
        await().until(() -> reader.losses() > 0);
        func.lpush(KEY, "1");
        assertThat(take(reader, "1")).containsExactly("1");
    }

    /** At the time of a flush, when looks would be dense. */
    @Test
    void looksOnceASecondWhereRedisTellsOfNoChange() {
        func.lpush(KEY, "1");
        WatchedList.Reader reader = following();
        long looks = looks();
        long began = System.nanoTime();
        await().until(() -> {
            // A reader that asks for nothing is taken to be away.
            reader.next(1, 1);
            return looks() >= looks + 3;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1900));
    }

    private long looks() {
        return func.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_llen:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("cmdstat_llen:calls=(\\d+),.*", "$1")))
                .sum();
    }

    @Test
    void isToldOfEachChangeOnceItHasLooked() {
        WatchedList.Reader reader = following();
        for (int i = 0; i < 500; i++) {
            String entry = Integer.toString(i);
            func.lpush(KEY, entry);
            assertThat(take(reader, entry)).containsExactly(entry);
            func.rpop(KEY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-client", "-subscribe", "resetchannels"})
    void looksForItselfWhereItHasNoRightToBeTold(String rule) {
        func.aclSetUser("watcher", "on", ">secret", "~*", "allchannels", "+@all", rule);
        try {
            open("func.redis.username=watcher", "func.redis.password=secret");
            func.lpush(KEY, "before");
            WatchedList.Reader reader = following();
            func.lpush(KEY, "1");
            assertThat(take(reader, "1")).containsExactly("1");
        } finally {
            func.aclDelUser("watcher");
        }
    }

    /** The one on which Redis tells, and the one on which the watch looks. */
    @ParameterizedTest
    @ValueSource(strings = {"pubsub", "normal"})
    void goesOnAfterAConnectionWasCut(String type) {
        WatchedList.Reader reader = following();
        long losses = reader.losses();
        func.sendCommand(Protocol.Command.CLIENT, "KILL", "TYPE", type, "SKIPME", "yes");
        await().until(() -> reader.losses() > losses);
        func.lpush(KEY, "1");
        assertThat(take(reader, "1")).containsExactly("1");
    }

    /** A firewall has forgotten the connection on which Redis tells, and says so to nobody. */
    @Test
    void findsOutThatNothingIsToldAnyMore() throws Exception {
        try (Link link = new Link(database.port())) {
            open("func.redis.port=" + link.port());
            ChangeNotices notices = ChangeNotices.of(redis.template(), func, key -> {});
            long now = System.nanoTime();
            // Each is answered before the next one.
            for (int minute = 1; minute < 9; minute++) {
                long then = now + TimeUnit.MINUTES.toNanos(minute);
                await().atMost(LONG).until(() -> notices.areComing(then));
            }
            link.fallSilent();
            // The answer to the last one may have come before, or not.
            AtomicInteger minute = new AtomicInteger(9);
            await().atMost(LONG)
                    .until(() -> !notices.areComing(now + TimeUnit.MINUTES.toNanos(minute.getAndIncrement())));
            assertThat(minute.get()).isLessThanOrEqualTo(11);
        }
    }
}
