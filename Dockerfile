# The program alone, static, as a user without rights. Build: docker build --tag fivewhys .
# Run: docker run --rm --env JWT_SECRET --volume "$PWD:/work" fivewhys smoke --target staging
FROM rust:1.88-alpine AS build
RUN apk add --no-cache build-base cmake perl
WORKDIR /source
COPY . .
# On Alpine the standard library is musl, and the program is linked statically.
RUN cargo build --profile dist --locked --package fivewhys --features watch,otlp,json-schema

FROM scratch
COPY --from=build /source/target/dist/fivewhys /usr/local/bin/fivewhys
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /source/LICENSE /source/LICENSE-APACHE /source/LICENSE-MIT /licenses/
ENV PATH=/usr/local/bin
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/fivewhys"]
