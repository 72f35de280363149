# syntax=docker/dockerfile:1
ARG BUILD_IMAGE=eclipse-temurin:17-jdk
ARG RUNTIME_IMAGE=eclipse-temurin:17-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
# The dependencies are a layer of their own, made anew only when the pom changes.
COPY mvnw pom.xml ./
COPY .mvn .mvn
RUN ./mvnw -q -B dependency:copy-dependencies@lib
COPY application.properties ./
COPY routes routes
COPY src/main src/main
RUN ./mvnw -q -B package -Dmaven.test.skip=true -Dspotless.check.skip=true

FROM ${RUNTIME_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="func-observer" \
      org.opencontainers.image.description="Delivers DataFlux Func's own telemetry to anything that speaks line protocol" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Group 0 may write to the data, so that a platform may choose any user id.
RUN mkdir -p /data /opt/func-observer/camel-k \
 && chown 10001:0 /data \
 && chmod 0770 /data \
 && ln -s /etc/camel/conf.d/user.properties /opt/func-observer/camel-k/application.properties \
 && ln -s /app/routes /opt/func-observer/camel-k/routes

COPY --from=build /build/target/lib /opt/func-observer/lib
COPY deploy/image /opt/func-observer
COPY --from=build /build/target/func-observer.jar /opt/func-observer/
COPY application.properties /app/
COPY routes /app/routes
RUN /opt/func-observer/archive-classes

WORKDIR /app
# A folder in the volume: the root of some volumes may be written by anyone, which func-observer refuses.
ENV DATA_DIRECTORY=/data/func-observer \
    OBSERVE_HOST=0.0.0.0
VOLUME /data
EXPOSE 9528 9876
USER 10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/opt/func-observer/healthcheck"]
ENTRYPOINT ["/opt/func-observer/start"]
