package io.funcobserver.intake;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.funcobserver.diagnosis.Causes;
import io.funcobserver.observe.RateLimitedLog;
import io.funcobserver.spool.SpoolFullException;
import io.vertx.core.http.HttpServerRequest;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two ends of the intake's route: a request becomes points, and the outcome becomes an answer. */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final String RETRY_AFTER_SECONDS = "5";

    private final IntakeSettings settings;
    private final IntakeDoor door;
    private final RateLimitedLog failures = new RateLimitedLog(LOG::warn);

    public Intake(IntakeSettings settings, IntakeDoor door) {
        this.settings = settings;
        this.door = door;
    }

    /**
     * The points of a request. Its headers are forgotten: none of them, and no token, goes any further.
     *
     * @return {@link Portion.Points} where all lines are points and few enough for one portion; else an {@link Upload}, which
     *     gives its portions one by one
     * @throws UploadRefusedException when the body cannot be used
     */
    public Object open(HttpServerRequest request, Exchange exchange) {
        exchange.getMessage().removeHeaders("*");
        Received received = door.take(request);
        if (received == null) {
            throw UploadRefusedException.notNow("its sender has gone away");
        }
        Upload upload = upload(received);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                upload.close();
            }
        });
        Portion.Points whole = upload.whole();
        return whole == null ? upload : whole;
    }

    private Upload upload(Received received) {
        try {
            return new Upload(received, settings);
        } catch (RuntimeException e) {
            received.share().close();
            if (e instanceof UploadRefusedException refused) {
                door.refused(received.sender(), refused);
            }
            throw e;
        }
    }

    /** Answers a request that failed: with the reason, when it lies in the request; else with a plea to try again. */
    public void refuse(Exchange exchange) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        // What fails within a split comes wrapped.
        UploadRefusedException known = ObjectHelper.getException(UploadRefusedException.class, failure);
        UploadRefusedException refused = known == null ? notNow(failure) : known;
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, refused.status());
        answer.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        if (refused.isForNow()) {
            answer.setHeader("Retry-After", RETRY_AFTER_SECONDS);
        }
        answer.setBody(ByteBuffer.wrap((refused.getMessage() + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private UploadRefusedException notNow(Exception failure) {
        if (ObjectHelper.getException(SpoolFullException.class, failure) != null) {
            return UploadRefusedException.notNow("the spool is full; try again");
        }
        failures.say("An upload could not be made safe on disk and is answered with 503: " + Causes.oneLine(failure));
        return UploadRefusedException.notNow("the points cannot be made safe on disk now; try again");
    }
}
