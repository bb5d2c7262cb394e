# The image of Millrace: `docker build -t millrace .`, and docs/guides/docker.md for how it is used.

# What npm needs to know: sources that change leave the libraries' layers as they are.
FROM node:24-bookworm-slim AS manifests
WORKDIR /millrace
COPY . .
RUN find packages -mindepth 2 -maxdepth 2 -not -name package.json -exec rm -r {} +

FROM node:24-bookworm-slim AS build
WORKDIR /millrace
COPY --from=manifests /millrace ./
RUN npm ci --ignore-scripts
COPY . .
# Of each package what is published, without what only editors and debuggers read.
RUN npx tsc -b packages/cli \
 && find packages -mindepth 2 -maxdepth 2 \
      -not -name package.json -not -name bin -not -name dist -not -name lua -exec rm -r {} + \
 && find packages \( -name '*.map' -o -name '*.d.ts' -o -name '.tsbuildinfo' \) -delete

FROM node:24-bookworm-slim AS libraries
WORKDIR /millrace
COPY --from=manifests /millrace ./
RUN npm ci --ignore-scripts --omit=dev --omit=peer --omit=optional \
      --workspace millrace --include-workspace-root=false \
 && find node_modules -type f \
      \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -iname 'readme*' \) -delete

# Neither npm nor a compiler is in it: Debian, the one binary of Node, and Millrace.
FROM debian:bookworm-slim
COPY --from=libraries /usr/local/bin/node /usr/local/bin/node
COPY --from=libraries /millrace/node_modules /millrace/node_modules
COPY --from=build /millrace/packages /millrace/packages
COPY --from=build /millrace/scripts/image/healthcheck.js /millrace/package.json /millrace/
RUN ln -s ../../../millrace/packages/cli/bin/millrace.js /usr/local/bin/millrace \
 && mkdir /manifests /sources && install -d -o 1000 -g 1000 /data

# /data is the only place that is written: the root file system may be read-only.
ENV NODE_ENV=production TMPDIR=/data MILLRACE_LISTEN=0.0.0.0:8080 MILLRACE_ADMIN=127.0.0.1:8081
VOLUME /data
# Sources of other people's packages are looked for in its node_modules.
WORKDIR /sources
EXPOSE 8080
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s CMD ["node", "/millrace/healthcheck.js"]
ENTRYPOINT ["millrace"]
CMD ["serve", "-f", "/manifests", "--store", "sqlite:/data"]
