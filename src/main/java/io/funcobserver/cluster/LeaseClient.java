package io.funcobserver.cluster;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.diagnosis.Causes;

/**
 * One Lease at the API server of the cluster that this process runs in, or that {@code ~/.kube/config} or {@code
 * KUBERNETES_MASTER} names. Nothing is cached, and no request takes longer than {@link #LONGEST_ANSWER}.
 */
public final class LeaseClient implements AutoCloseable {
    static final int CONFLICT = HttpURLConnection.HTTP_CONFLICT;

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(2);
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    private final KubernetesClient client;
    private final String namespace;
    private final String name;

    private LeaseClient(KubernetesClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    /**
     * Connects to nothing yet.
     *
     * @throws ConfigurationException where nothing says where the API server is
     */
    public static LeaseClient of(String name) {
        Config found = Config.autoConfigure(null);
        if (found.getMasterUrl().startsWith(Config.DEFAULT_MASTER_URL)) {
            throw new ConfigurationException(
                    "cluster.kubernetes.lease is set, and there is no Kubernetes here: neither a service account in a pod"
                            + " nor a kubeconfig says where its API server is; run it in a pod whose service account has"
                            + " a token, or leave the property out");
        }
        if (found.getNamespace() == null) {
            throw new ConfigurationException(
                    "cluster.kubernetes.lease is set, and nothing says in which namespace; have the token of the service account"
                            + " mounted (automountServiceAccountToken: true), or set KUBERNETES_NAMESPACE");
        }
        return of(name, found);
    }

    static LeaseClient of(String name, Config found) {
        int millis = (int) LONGEST_ANSWER.toMillis();
        Config config = new ConfigBuilder(found)
                .withConnectionTimeout(millis)
                .withRequestTimeout(millis)
                // The next round is the retry.
                .withRequestRetryBackoffLimit(0)
                .build();
        return new LeaseClient(new KubernetesClientBuilder().withConfig(config).build(), found.getNamespace(), name);
    }

    /** @return null where there is none */
    Lease get() {
        return resource().get();
    }

    /** @throws KubernetesClientException with {@link #CONFLICT} when there is one by now */
    Lease create(Lease lease) {
        Lease named = new LeaseBuilder(lease)
                .editOrNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("app.kubernetes.io/name", "func-observer")
                .endMetadata()
                .build();
        return client.leases().inNamespace(namespace).resource(named).create();
    }

    /** @throws KubernetesClientException with {@link #CONFLICT} when it is not of the newest version */
    Lease update(Lease lease) {
        return client.leases()
                .inNamespace(namespace)
                .resource(lease)
                .lockResourceVersion(lease.getMetadata().getResourceVersion())
                .update();
    }

    private Resource<Lease> resource() {
        return client.leases().inNamespace(namespace).withName(name);
    }

    /**
     * Asks whether this service account may do that, which every one may ask.
     *
     * @param verb such as {@code update}
     */
    public boolean may(String verb) {
        Map<String, Object> lease = new HashMap<>(
                Map.of("namespace", namespace, "verb", verb, "group", "coordination.k8s.io", "resource", "leases"));
        if (!verb.equals("create")) {
            lease.put("name", name);
        }
        Map<String, Object> review = Map.of(
                "apiVersion",
                "authorization.k8s.io/v1",
                "kind",
                "SelfSubjectAccessReview",
                "spec",
                Map.of("resourceAttributes", lease));
        String answer = client.raw(REVIEWS, "POST", review);
        Map<?, ?> answered = client.getKubernetesSerialization().unmarshal(answer, Map.class);
        return answered.get("status") instanceof Map<?, ?> status && Boolean.TRUE.equals(status.get("allowed"));
    }

    /** What is wrong, in one line, and what to do about it. */
    public String diagnosis(RuntimeException failure) {
        int code = failure instanceof KubernetesClientException e ? e.getCode() : 0;
        String what = this + " cannot be read or written at " + client.getMasterUrl() + " (";
        return switch (code) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                what + "401: no token of a service account, or one that is not accepted); have it mounted"
                        + " (automountServiceAccountToken: true)";
            case HttpURLConnection.HTTP_FORBIDDEN ->
                what + "403: the service account may not); let it get, create and update leases, as the Role in"
                        + " deploy/kubernetes/standby does";
            default -> what + Causes.oneLine(failure) + "); see that the API server can be reached from here";
        };
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "the Lease " + namespace + '/' + name;
    }
}
