package io.funcobserver.mysql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;

import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;

/**
 * Binds the parameters of a page's query, however often it names each of them.
 *
 * <p>Together with the option {@code parametersCount} it spares Func's database a PREPARE for each page: Camel asks the
 * driver otherwise how many parameters there are, and the driver asks the server.
 */
public final class PageParameters extends DefaultSqlPrepareStatementStrategy {
    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> values, int expected) throws SQLException {
        for (int i = 1; values.hasNext(); i++) {
            statement.setObject(i, values.next());
        }
    }
}
