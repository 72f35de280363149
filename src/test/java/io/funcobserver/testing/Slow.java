package io.funcobserver.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;

/**
 * Tests that start a process (a database, the product, a browser), wait for a fault to pass, or take more than about two
 * seconds. {@code ./mvnw test} leaves them out, {@code ./mvnw verify} runs them after the quick ones.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("slow")
@net.jqwik.api.Tag("slow")
public @interface Slow {}
