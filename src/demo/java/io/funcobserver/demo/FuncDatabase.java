package io.funcobserver.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A database with Func's tables, of one generation; dropped on close. */
public record FuncDatabase(MySqlServer server, String name, FuncSchema schema) implements AutoCloseable {
    /** Creates the database and its tables. */
    public static FuncDatabase create(MySqlServer server, String name, FuncSchema schema) throws SQLException {
        FuncDatabase database = new FuncDatabase(server, name, schema);
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " DEFAULT CHARACTER SET utf8mb4");
        }
        try (Connection connection = database.connect()) {
            schema.createTables(connection);
        }
        return database;
    }

    public Connection connect() throws SQLException {
        return server.connect(name);
    }

    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    /** Runs statements one after the other on a connection of their own. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the first row, as a number; 0 for NULL. */
    public long number(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /**
     * Inserts a row; a column that is not named gets its default, {@code id} a fresh UUID.
     *
     * @param values by column name; a value may be null, a text also {@code byte[]} of its UTF-8
     * @return its {@code seq}, as an unsigned number
     */
    public long insert(String table, Map<String, ?> values) throws SQLException {
        try (Connection connection = connect()) {
            return insert(connection, table, values);
        }
    }

    /** The same on the caller's connection, and in its transaction. */
    public long insert(Connection connection, String table, Map<String, ?> values) throws SQLException {
        Map<String, Object> row = new TreeMap<>(values);
        row.putIfAbsent("id", "task-" + UUID.randomUUID());
        List<String> columns = new ArrayList<>(row.keySet());
        String sql = "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < columns.size(); i++) {
                Object value = row.get(columns.get(i));
                if (value instanceof byte[] bytes) {
                    statement.setBytes(i + 1, bytes);
                } else {
                    statement.setObject(i + 1, value);
                }
            }
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                if (keys.next()) {
                    return keys.getBigDecimal(1).longValue();
                }
            }
            return row.get("seq") instanceof Number seq ? seq.longValue() : 0;
        }
    }

    @Override
    public void close() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + name);
        }
    }
}
