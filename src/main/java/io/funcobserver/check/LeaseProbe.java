package io.funcobserver.check;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.cluster.LeaseClient;
import io.funcobserver.config.Settings;

/** Asks the API server of Kubernetes whether the Lease may be read and written; writes nothing. */
public final class LeaseProbe extends Probe {
    public LeaseProbe() {
        super("lease", "cluster.kubernetes.");
    }

    @Override
    protected void test(Settings settings, Findings found) {
        String name = settings.text("cluster.kubernetes.lease");
        if (name == null) {
            found.ok("off: this process is the only one that reads");
            return;
        }
        try (LeaseClient client = LeaseClient.of(name)) {
            rights(client, found);
        }
    }

    private static void rights(LeaseClient client, Findings found) {
        try {
            String denied = Stream.of("get", "create", "update")
                    .filter(verb -> !client.may(verb))
                    .collect(Collectors.joining(", "));
            if (denied.isEmpty()) {
                found.ok(client + " may be read and written");
            } else {
                found.fail(client + ": the service account may not " + denied
                        + " it; bind it to a Role as deploy/kubernetes/standby/role.yaml");
            }
        } catch (RuntimeException e) {
            found.fail(client.diagnosis(e));
        }
    }
}
