package io.funcobserver.diagnosis;

import java.sql.SQLException;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;

/** Says in one line why MySQL or MariaDB could not be read and what to do about it; without secrets. */
public final class MySqlDiagnosis {
    private final Settings settings;
    private final String table;
    private final Endpoint endpoint;
    private final Secrets secrets;

    public MySqlDiagnosis(Settings settings) {
        this(settings, "a table");
    }

    /** @param table what is read, as the subject of a sentence */
    public MySqlDiagnosis(Settings settings, String table) {
        this.table = table;
        this.settings = settings;
        this.endpoint = Endpoint.mySql(settings);
        this.secrets = Secrets.of(settings);
    }

    public String of(Throwable failure) {
        for (Throwable each : Failures.chain(failure)) {
            String known = each instanceof SQLException sql ? byCode(sql) : null;
            if (known != null) {
                return secrets.mask(known);
            }
        }
        return secrets.mask(NetworkDiagnosis.of(failure, endpoint)
                .orElseGet(() -> "MySQL at " + endpoint.address() + " answers: " + Failures.innermost(failure)
                        + "; see its log"));
    }

    /** Codes as in MySQL's and MariaDB's lists of server errors, which agree on these. */
    private String byCode(SQLException failure) {
        String user = settings.text("func.mysql.username");
        String database = settings.text("func.mysql.database");
        return switch (failure.getErrorCode()) {
            case 1045, 1698 ->
                "MySQL at " + endpoint.address() + " refuses user " + user
                        + "; correct func.mysql.username and func.mysql.password";
            case 1044 ->
                "user " + user + " may not use database " + database + "; correct func.mysql.database, or run "
                        + grant(settings);
            case 1049 ->
                "database " + database + " does not exist at " + endpoint.address() + "; correct func.mysql.database";
            case 1130 ->
                "MySQL at " + endpoint.address()
                        + " takes no connection from this machine; create the user for this host, or for '%'";
            case 1142, 1143 -> table + " may not be read by " + user + "; run " + grant(settings);
            case 1146 ->
                table + " does not exist in " + database
                        + "; check that func.mysql.database is Func's, and that Func has set it up";
            case 1040, 1203, 1226 ->
                "MySQL at " + endpoint.address()
                        + " has no connection left; raise its max_connections or the user's limit";
            case 1129 ->
                "MySQL at " + endpoint.address() + " has blocked this machine after many errors; run FLUSH HOSTS there";
            case 1820, 1862 -> "the password of user " + user + " has expired; set a new one in MySQL";
            case 3159 -> "MySQL at " + endpoint.address() + " requires TLS; set func.mysql.tls=true";
            default -> null;
        };
    }

    /** The statement that gives the user every right the product needs. */
    public static String grant(Settings settings) {
        return "GRANT SELECT ON `" + settings.text("func.mysql.database") + "`.* TO '"
                + settings.text("func.mysql.username") + "'@'%'";
    }
}
