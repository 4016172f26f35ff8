# The program with a shell, for pipelines whose steps are shell scripts: Cloud Build, GitLab, a Cloud Run job.
# Build: docker build --tag fivewhys . && docker build --tag fivewhys-with-sh --file ci/with-sh.Dockerfile ci
ARG PROGRAM=fivewhys
FROM ${PROGRAM} AS program
FROM busybox:1.37
COPY --from=program /usr/local/bin/fivewhys /usr/local/bin/fivewhys
COPY --from=program /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=program /licenses/ /licenses/
WORKDIR /work
CMD ["fivewhys", "--help"]
