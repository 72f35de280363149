package io.funcobserver.spool;

import java.io.IOException;

/** A page of records that is being read: acknowledges its rows, which are durably spooled. */
public interface PageAcknowledger {
    /** Exchange variable that holds the page; samples have none. */
    String VARIABLE = "page";

    /**
     * All lines of the page's first rows are on disk.
     *
     * @param rows how many rows, counted from the beginning of the page
     * @throws IOException when the cursor could not be written; the rows will be read again
     */
    void acknowledge(long rows) throws IOException;
}
