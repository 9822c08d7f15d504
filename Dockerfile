# Trialogue as one static program in an image that holds nothing else.
#
#   docker build --tag trialogue .
#   docker run --rm trialogue ask --demo "Which run had the highest F1 score?"

FROM rust:1.95.0-slim-bookworm AS build
# The C of SQLite and of the TLS library is linked with musl, too.
RUN apt-get update \
 && apt-get install -y --no-install-recommends musl-tools=1.2.3-1 \
 && rm -rf /var/lib/apt/lists/* \
 && rustup target add "$(uname -m)-unknown-linux-musl"
ENV CC_x86_64_unknown_linux_musl=musl-gcc CC_aarch64_unknown_linux_musl=musl-gcc
WORKDIR /source
COPY . .
RUN cargo build --release --locked --features postgres --target "$(uname -m)-unknown-linux-musl" \
 && mkdir -p /root-folder/tmp /root-folder/var/lib/trialogue /root-folder/etc/ssl/certs \
 && chmod 1777 /root-folder/tmp \
 && cp "target/$(uname -m)-unknown-linux-musl/release/trialogue" LICENSE /root-folder/ \
 && cp /etc/ssl/certs/ca-certificates.crt /root-folder/etc/ssl/certs/

FROM scratch
COPY --from=build /root-folder/ /
# The one folder that is the program's own.
COPY --from=build --chown=65532:65532 /root-folder/var/lib/ /var/lib/
USER 65532:65532
ENV TRIALOGUE_STATE=/var/lib/trialogue/state.db
VOLUME /var/lib/trialogue
EXPOSE 8080
# Other addresses than loopback want keys or tokens: without them it says so and ends.
ENV TRIALOGUE_HOST=0.0.0.0
ENTRYPOINT ["/trialogue"]
CMD ["serve"]
