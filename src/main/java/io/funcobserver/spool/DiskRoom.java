package io.funcobserver.spool;

import java.io.File;
import java.nio.file.Path;
import java.util.function.LongPredicate;

/**
 * Whether the disk of a folder has room for so many more bytes, and for what must still be written then: cursors and
 * dead letters, without which a full disk could not be emptied by delivering.
 */
public final class DiskRoom implements LongPredicate {
    private static final long MOST_KEPT_FREE = 64L << 20;
    private static final int SHARE_KEPT_FREE = 20;

    private final File folder;
    /** In bytes; 0 while it cannot be told. The size of a disk is not asked for again. */
    private long total;

    public DiskRoom(Path folder) {
        this.folder = folder.toFile();
    }

    @Override
    public boolean test(long bytes) {
        if (total == 0) {
            total = folder.getTotalSpace();
        }
        // 0 where it cannot be told, or the folder is gone: the write will show it.
        return total == 0
                || folder.getUsableSpace() - bytes >= Math.min(MOST_KEPT_FREE, total / SHARE_KEPT_FREE)
                || !folder.exists();
    }
}
