# A small image with the windtunnel binary: built in one stage, copied to another that has nothing but the C library.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
COPY --from=build /src/target/release/windtunnel /usr/local/bin/windtunnel
WORKDIR /work
ENTRYPOINT ["windtunnel"]
