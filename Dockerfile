# The service in a container. How it is built, run and proved: docs/container.md.
# deploy/container/chroot-proof.sh carries out these very instructions where there is no container engine; it stops
# at one that it does not know.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Without the optional packages: they are the embedded Postgres (DATABASE_URL is given here) and a Node (the image
# has one). Where packages come from, and the certificate behind which, are secrets of the build and in no layer.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=npm-ca,target=/run/npm-ca.pem \
    npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
    && rm node_modules/.package-lock.json

FROM ${NODE_IMAGE}
# What fetches packages has no business where the service runs. The number is fixed, so that secrets and volumes
# can be given to it from outside.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg \
    && groupadd --gid 10001 chidao \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/chidao --no-create-home --shell /usr/sbin/nologin chidao \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/chidao
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY bin ./bin
COPY config ./config
COPY connectors ./connectors
COPY jobs ./jobs
COPY src ./src
COPY deploy/container/health.mjs ./deploy/container/health.mjs
# Port 8686 answers /healthz and nothing else until there is an account: chidao user add.
ENV NODE_ENV=production CHIDAO_DATA=/var/lib/chidao OPS_HOST=0.0.0.0 OPS_PORT=8686
USER 10001:10001
VOLUME /var/lib/chidao
EXPOSE 8686
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/container/health.mjs"]
# bin/chidao hands its process over to node, which is then process 1 and hears SIGTERM itself.
ENTRYPOINT ["/app/bin/chidao"]
CMD ["start"]
