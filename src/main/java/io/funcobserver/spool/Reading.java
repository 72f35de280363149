package io.funcobserver.spool;

/** The reading that a page of rows comes from: told, row by row, what is safe on disk. */
public interface Reading {
    /** Exchange variable under which a page of records carries its reading. */
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
