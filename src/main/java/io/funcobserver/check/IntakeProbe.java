package io.funcobserver.check;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import io.funcobserver.config.Settings;

/** Looks whether anybody in the network may send to the intake. */
public final class IntakeProbe implements Probe {
    @Override
    public String subject() {
        return "intake";
    }

    @Override
    public List<String> properties() {
        return List.of("intake.");
    }

    @Override
    public List<Finding> test(Settings settings) {
        if (!settings.flag("intake.enabled")) {
            return List.of(Finding.ok(subject(), "off"));
        }
        String host = settings.text("intake.host");
        String address = host + ':' + settings.text("intake.port");
        try {
            if (settings.text("intake.token") == null
                    && !InetAddress.getByName(host).isLoopbackAddress()) {
                return List.of(Finding.warn(
                        subject(),
                        "anyone who reaches " + address
                                + " may send points; set intake.token, or intake.host=127.0.0.1"));
            }
            return List.of(Finding.ok(subject(), "listens on " + address));
        } catch (UnknownHostException e) {
            return List.of(Finding.fail(subject(), "host " + host + " is unknown; correct intake.host"));
        }
    }
}
