package io.funcobserver.routes;

import java.util.Map;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;

/** Shipped YAML files in a Camel of their own, with mocks where the rest of the product would be. */
abstract class ShippedRoutesTest extends CamelTestSupport {
    private final Map<String, Object> beans;
    private final String[] files;

    /**
     * @param beans what the routes refer to, by name
     * @param files below {@code routes/}
     */
    ShippedRoutesTest(Map<String, Object> beans, String... files) {
        this.beans = beans;
        this.files = files;
        testConfiguration().withUseAdviceWith(true).withUseRouteBuilder(true);
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        beans.forEach(context.getRegistry()::bind);
        RoutesLoader loader = PluginHelper.getRoutesLoader(context);
        for (String file : files) {
            loader.loadRoutes(PluginHelper.getResourceLoader(context).resolveResource("file:routes/" + file));
        }
        return context;
    }

    /** A route that ends in a mock of the same name. */
    static RouteBuilder mocked(String direct) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:" + direct).errorHandler(noErrorHandler()).to("mock:" + direct);
            }
        };
    }
}
