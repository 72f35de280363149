package io.funcobserver.spool;

/** How far the reading of a page of records has come: told, row by row, what is safe on disk. */
public interface Progress {
    /** Exchange variable under which a page of records carries its progress. */
    String VARIABLE = "page";

    /** The id of the measurement that reads: the route's id, the cursor's name. */
    String measurement();

    /**
     * All lines of the page's first rows are on disk.
     *
     * @param rows how many rows, counted from the beginning of the page
     * @throws java.io.IOException when the cursor could not be written; the rows will be read again
     */
    void confirm(long rows) throws java.io.IOException;
}
