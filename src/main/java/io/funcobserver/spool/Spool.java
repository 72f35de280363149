package io.funcobserver.spool;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;

import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.observe.Destination;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for its delivery: finished requests, each a file in the folder of every target that is to have it.
 *
 * <p>A sealed file is on disk, name and all, before {@link #seal} returns; it is never touched again, and goes away only
 * after its answer. All methods may be called from any thread.
 */
public final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private final List<SpoolFolder> folders;
    private final Stamps stamps;
    /** What failed, and could not be deleted. */
    private final Queue<Path> leftovers = new ArrayDeque<>();

    private BiConsumer<Destination, LineBlock> dropped = (to, block) -> {};

    /** @param folders one for each target and category */
    public Spool(List<SpoolFolder> folders, Clock clock) {
        this.folders = List.copyOf(folders);
        this.stamps = new Stamps(clock);
    }

    /** Creates the folders, and removes what a crash left half-written. */
    public void open() throws IOException {
        for (SpoolFolder folder : folders) {
            folder.open();
            for (Path file : DurableFiles.list(folder.path(), "*" + SpoolFile.SUFFIX)) {
                SpoolFile.parse(file.getFileName().toString()).ifPresent(known -> stamps.known(known.written()));
            }
        }
    }

    public List<SpoolFolder> folders() {
        return folders;
    }

    public SpoolFolder folder(Destination destination) {
        return folders.stream()
                .filter(folder -> folder.destination().equals(destination))
                .findFirst()
                .orElseThrow();
    }

    /** Who is told of blocks that a full target goes without; before the first is sealed. */
    public void onDropped(BiConsumer<Destination, LineBlock> told) {
        this.dropped = told;
    }

    /** @throws IllegalArgumentException where it is no folder of the spool */
    public SpoolFolder folder(Path path) {
        return folders.stream()
                .filter(folder -> folder.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(path + " is no folder of the spool"));
    }

    /** Whether a block is a request by itself, and not to be gathered with others. */
    public boolean isRequest(@Body LineBlock block) {
        return block.gzipped();
    }

    /**
     * Whether there is room for a block.
     *
     * @return false for samples that no target has room for, also when older ones are dropped; they are counted as dropped
     * @throws SpoolFullException for records that no target has room for
     */
    public boolean admit(@Body LineBlock block) {
        List<SpoolFolder> full = new ArrayList<>();
        boolean isTaken = !takers(block, full).isEmpty();
        if (!isTaken) {
            goWithout(full, block);
        }
        return isTaken;
    }

    /** Makes a request of a segment, once, and removes the segment; when that fails, the next call tries that alone. */
    public void sealSegment(@Body Segment segment) throws IOException {
        if (!segment.isSealed()) {
            byte[] content = segment.read();
            if (segment.lines() > 0) {
                seal(segment.request(Gzip.pack(content, 0, content.length)));
            }
            segment.sealed();
            damaged(segment, segment.lost());
        }
        segment.delete();
    }

    private void damaged(Segment segment, long lost) {
        if (lost == 0) {
            return;
        }
        LOG.error("{} lines of {} do not read as they were written, and are lost: the disk is failing", lost, segment);
        for (SpoolFolder folder : folders) {
            if (folder.destination().category() == segment.category() && folder.isSent()) {
                folder.damaged(lost);
            }
        }
    }

    /**
     * Makes a request of a block that is gzipped already, for all targets that take it. When this returns, its lines survive a
     * power failure.
     *
     * @throws SpoolFullException for records, while no target has room
     * @throws IOException when it is not certain to be on disk; nothing of it is left then
     */
    public void seal(@Body LineBlock request) throws IOException {
        List<SpoolFolder> full = new ArrayList<>();
        List<SpoolFolder> takers = request.lines() == 0 ? List.of() : takers(request, full);
        if (takers.isEmpty()) {
            goWithout(full, request);
            return;
        }
        clearAway();
        SpoolFile file = SpoolFile.of(request, stamps.next());
        Path first = takers.get(0).path().resolve(file.name());
        Path part = first.resolveSibling(file.name() + SpoolFile.PART);
        List<Path> placed = new ArrayList<>();
        try {
            DurableFiles.writeSynced(part, request.content());
            for (SpoolFolder taker : takers.subList(1, takers.size())) {
                Path other = taker.path().resolve(file.name());
                placed.add(other);
                link(part, other);
                DurableFiles.syncFolder(taker.path());
            }
            placed.add(first);
            Files.move(part, first, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncFolder(first.getParent());
        } catch (IOException e) {
            placed.add(part);
            takeBack(placed);
            throw e instanceof ClosedByInterruptException ? e : FileFailure.writing("the spool ", first.getParent(), e);
        }
        takers.forEach(taker -> taker.sealed(file, request.content().length));
        // Not before: the sender of what could not be written comes again.
        goWithout(full, request);
    }

    /** The sender comes again with the same lines: what is left of them here would be sent each time. */
    private void takeBack(List<Path> files) {
        synchronized (leftovers) {
            files.stream().filter(file -> !DurableFiles.deleteQuietly(file)).forEach(leftovers::add);
        }
    }

    /** Nothing is written while something cannot be taken back: on a failing disk it would become more and more. */
    private void clearAway() throws IOException {
        synchronized (leftovers) {
            for (Path file = leftovers.peek(); file != null; file = leftovers.peek()) {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw FileFailure.writing("the spool ", file.getParent(), e);
                }
                leftovers.remove();
            }
        }
    }

    /** A second name for the same bytes; where the file system has no such thing, a copy. */
    private static void link(Path existing, Path link) throws IOException {
        try {
            Files.createLink(link, existing);
        } catch (UnsupportedOperationException | FileSystemException e) {
            DurableFiles.replace(link, Files.readAllBytes(existing));
        }
    }

    /**
     * A full target keeps the others from nothing, unless all are full.
     *
     * @param full where those go that have to go without
     */
    private List<SpoolFolder> takers(LineBlock block, List<SpoolFolder> full) {
        long size = block.content().length;
        List<SpoolFolder> takers = new ArrayList<>();
        for (SpoolFolder folder : folders) {
            if (folder.destination().category() == block.category() && folder.isSent()) {
                boolean room = block.kind() == Kind.GAUGE ? folder.makeRoomForGauge(size) : !folder.isFullFor(size);
                (room ? takers : full).add(folder);
            }
        }
        if (takers.isEmpty() && block.kind() == Kind.RECORD && !full.isEmpty()) {
            throw new SpoolFullException(block.category());
        }
        return takers;
    }

    private void goWithout(List<SpoolFolder> full, LineBlock block) {
        for (SpoolFolder folder : full) {
            folder.dropped(block.lines());
            dropped.accept(folder.destination(), block);
        }
    }
}
