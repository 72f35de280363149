package io.funcobserver.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * Where a MySQL-protocol server is, and who may do everything there.
 *
 * @param user may create databases and users
 */
public record MySqlServer(String host, int port, String user, String password) {
    /** For the MariaDB driver; without user and password. */
    public String jdbcUrl(String database) {
        // MySQL 8 sends the key for a password over a plain connection only to a client that asks for it.
        return "jdbc:mariadb://" + host + ":" + port + "/" + database + "?allowPublicKeyRetrieval=true";
    }

    /** A new connection without a database. */
    public Connection connect() throws SQLException {
        return connect("");
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), user, password);
    }
}
