package io.funcobserver.check;

import java.net.InetAddress;
import java.net.UnknownHostException;

import io.funcobserver.config.Settings;

/** Looks whether anybody in the network may send to the intake. */
public final class IntakeProbe extends Probe {
    public IntakeProbe() {
        super("intake", "intake.");
    }

    @Override
    protected void test(Settings settings, Findings found) {
        String host = settings.text("intake.host");
        String address = host + ':' + settings.text("intake.port");
        try {
            if (!settings.flag("intake.enabled")) {
                found.ok("off");
            } else if (settings.text("intake.token") == null
                    && !InetAddress.getByName(host).isLoopbackAddress()) {
                found.warn("anyone who reaches " + address
                        + " may send points; set intake.token, or intake.host=127.0.0.1");
            } else {
                found.ok("listens on " + address);
            }
        } catch (UnknownHostException e) {
            found.fail("host " + host + " is unknown; correct intake.host");
        }
    }
}
