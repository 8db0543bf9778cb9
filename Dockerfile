# The bot for production. It never starts the sandbox nor a database of its own: see docs/operating.md.
ARG NODE=24.21.0-slim

FROM node:${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Without the optional packages: they carry Node and PostgreSQL for machines that have neither.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:${NODE}
LABEL org.opencontainers.image.title="Handrail" \
      org.opencontainers.image.description="Incident response in Slack: each button runs one checked step, and the timeline is the post-incident report" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.documentation="docs/operating.md"
ENV NODE_ENV=production \
    HANDRAIL_HOME=/var/lib/handrail \
    NPM_CONFIG_CACHE=/tmp/npm \
    NPM_CONFIG_LOGLEVEL=silent \
    NPM_CONFIG_LOGS_MAX=0 \
    NPM_CONFIG_UPDATE_NOTIFIER=false
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY . .
# No .git comes along: --build-arg RUNBOOKS_REVISION="$(git log -1 --format=%h -- runbooks)" says what runs are pinned to.
ARG RUNBOOKS_REVISION=
RUN test -z "$RUNBOOKS_REVISION" || printf '%s\n' "$RUNBOOKS_REVISION" > runbooks/.revision
RUN install --directory --owner=node --group=node --mode=0700 "$HANDRAIL_HOME"
USER node
STOPSIGNAL SIGTERM
# Also works with a read-only root file system. Loopback: the health page is nobody else's.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["npm", "start", "--", "--production"]
