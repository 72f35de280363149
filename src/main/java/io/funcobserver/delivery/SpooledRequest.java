package io.funcobserver.delivery;

import java.io.IOException;
import java.util.List;

import io.funcobserver.observe.Destination;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.SpoolFile;

/** A finished request that is being delivered: how far that has come, and the place where it waits meanwhile. */
public abstract class SpooledRequest {
    final String name;
    final String place;
    private final Long checksum;

    /** How many; 0 where that is not known. */
    long lines;

    /** To which it is delivered. */
    Destination destination;

    /** Its lines, gzipped; null unless they are what was made safe. */
    byte[] packed;

    /** Whether it, or a piece of it, is sent and not answered for good. */
    boolean posting;

    /** Null unless it was rejected; then the pieces of it are sent. */
    Halving halving;

    /**
     * @param name tells it from every other one; its dead letters are named after it
     * @param place for people
     * @param lines how many; 0 where that is not known
     * @param checksum of the gzipped lines when they were made safe; null where it was put there by hand
     */
    protected SpooledRequest(String name, String place, long lines, Long checksum) {
        this.name = name;
        this.place = place;
        this.lines = lines;
        this.checksum = checksum;
    }

    /** Whether its lines were dead letters before. */
    boolean isReplayed() {
        return name.contains(Replay.MARK);
    }

    /** Whether it has come to its end here, and was not damaged. */
    boolean isDelivered() {
        return packed != null && !isRevoked();
    }

    /** Whether it was put there by hand. */
    boolean isForeign() {
        return checksum == null;
    }

    /** The lines, gzipped. */
    protected abstract byte[] read() throws IOException;

    /** What befell the lines before they were replayed, oldest first. */
    protected abstract List<DeadLetterReport> history();

    /** How many wait there. */
    protected abstract long waiting();

    /** Whether it has become another process's to make. */
    protected boolean isRevoked() {
        return false;
    }

    /** Each line is accepted or in the dead letters: it must not be sent again. */
    protected abstract void finished();

    /** It is left where it is, and the next one is taken. */
    protected void leftBehind(Throwable cause) {
        // It comes again by itself.
    }

    /**
     * Takes over what was read, and counts the lines where that is not known.
     *
     * @throws IOException when it is not what was made safe, or no gzip: a receiver might store changed lines, or answer 200
     *     and lose them
     */
    void check(byte[] read) throws IOException {
        if (isForeign()) {
            lines = Gzip.countLines(read);
        } else if (checksum != SpoolFile.checksum(read)) {
            throw new IOException("its checksum is not that of what was written");
        }
        packed = read;
    }

    /** It, or the piece of it that was sent, is accepted: how many lines that are. */
    long accepted() {
        if (halving == null) {
            return lines;
        }
        int accepted = halving.current().lines();
        halving.accepted();
        return accepted;
    }

    /** It, or the piece of it that was sent, is rejected. */
    void rejected(int status, String answer, int mostPieces) throws IOException {
        if (halving == null) {
            halving = new Halving(Gzip.unpack(packed), mostPieces, status, answer);
        } else {
            halving.rejected(status, answer);
        }
    }
}
