package io.funcobserver.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Servers;
import io.funcobserver.testing.Slow;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class PageParametersTest {
    @Test
    void bindsWhatTheQueryNamesWithoutAskingTheServer() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6);
                Connection connection = database.connect()) {
            CamelContext camel = new DefaultCamelContext();
            camel.getRegistry().bind("mysql", new SingleConnectionDataSource(connection, true));
            camel.getRegistry().bind("pageParameters", new PageParameters());
            camel.start();
            Object sum = camel.createProducerTemplate()
                    .requestBodyAndHeaders(
                            "sql:SELECT :#after + :#limit + :#after?dataSource=#mysql&outputType=SelectOne"
                                    + "&parametersCount=1&prepareStatementStrategy=#pageParameters",
                            null,
                            Map.of("after", 20, "limit", 2));
            camel.stop();
            assertThat(sum).hasToString("42");
            assertThat(prepared(connection)).isZero();
        }
    }

    private static long prepared(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet status = statement.executeQuery("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'")) {
            status.next();
            return status.getLong(2);
        }
    }
}
