package io.funcobserver.check;

import java.util.List;
import java.util.stream.Stream;

import io.funcobserver.cluster.LeaseClient;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;

/** Asks the API server of Kubernetes whether the Lease may be read and written; writes nothing. */
public final class LeaseProbe implements Probe {
    @Override
    public String subject() {
        return "lease";
    }

    @Override
    public List<String> properties() {
        return List.of("cluster.kubernetes.");
    }

    @Override
    public List<Finding> test(Settings settings) {
        String name = settings.text("cluster.kubernetes.lease");
        if (name == null) {
            return List.of(Finding.ok(subject(), "off: this process is the only one that reads"));
        }
        try (LeaseClient client = LeaseClient.of(name)) {
            return List.of(rights(client));
        } catch (ConfigurationException e) {
            return List.of(Finding.fail(subject(), e.getMessage()));
        }
    }

    private Finding rights(LeaseClient client) {
        try {
            List<String> denied = Stream.of("get", "create", "update")
                    .filter(verb -> !client.may(verb))
                    .toList();
            return denied.isEmpty()
                    ? Finding.ok(subject(), client + " may be read and written")
                    : Finding.fail(
                            subject(),
                            client + ": the service account may not " + String.join(", ", denied)
                                    + " it; bind it to a Role as deploy/kubernetes/standby/role.yaml");
        } catch (RuntimeException e) {
            return Finding.fail(subject(), client.diagnosis(e));
        }
    }
}
