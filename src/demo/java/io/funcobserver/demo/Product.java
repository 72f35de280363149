package io.funcobserver.demo;

import java.util.Map;

/** The product as the demo runs it: in this process, with the routes it ships. */
@FunctionalInterface
public interface Product {
    /**
     * Starts it.
     *
     * @param properties as they would stand in {@code application.properties}
     * @return stops it in order
     */
    AutoCloseable start(Map<String, String> properties) throws Exception;
}
