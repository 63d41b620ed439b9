# One image for every role: `docker run pealbell serve --role worker`. Runs with a read-only root file system and
# without any capability; the only folder it writes to is the volume.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY config config
COPY providers providers
COPY sdk/client sdk/client
COPY sdk/server/src sdk/server/src
COPY src src
COPY test test
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/config dist/config
COPY --from=build /app/dist/providers dist/providers
COPY --from=build /app/dist/sdk dist/sdk
COPY --from=build /app/dist/src dist/src
COPY LICENSE ./
COPY config/gateway.container.yaml config/gateway.yaml
RUN ln -s /app/dist/src/main.js /usr/local/bin/pealbell \
  && install -d -o node -g node -m 0700 /var/lib/pealbell
VOLUME /var/lib/pealbell
USER node
EXPOSE 8080 9090
# The admin address answers for every role. Set PEALBELL_HEALTH_URL where server.admin is another one.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.PEALBELL_HEALTH_URL ?? 'http://127.0.0.1:9090/livez', { signal: AbortSignal.timeout(2500) }).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["pealbell"]
CMD ["serve"]
