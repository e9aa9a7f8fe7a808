# Kiln on a processor. Build: docker build -t kiln .   See docs/deploy.md for what to mount.
FROM maven:3.9.11-eclipse-temurin-25-noble AS build
WORKDIR /src
COPY . .
RUN ["deploy/image/build", "dist"]
RUN ["deploy/image/runtime", "/opt/kiln/runtime"]
RUN ["deploy/image/natives", "/opt/kiln"]

FROM ubuntu:24.04
COPY deploy/image/user deploy/image/health deploy/image/rehearse /usr/local/lib/kiln/
RUN ["/usr/local/lib/kiln/user", "/data"]
COPY --from=build /opt/kiln /opt/kiln
RUN ["/usr/local/lib/kiln/rehearse", "/opt/kiln"]
ENV KILN_HOME=/data KILN_PORT=8091
USER 10001:10001
VOLUME ["/data", "/tmp"]
EXPOSE 8091
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/lib/kiln/health"]
ENTRYPOINT ["/opt/kiln/bin/kiln"]
CMD ["serve", "--set", "server.host=0.0.0.0"]
