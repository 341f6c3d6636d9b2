# The application for docker-compose.yml: one image for every part, installed by the scripts that bin/start runs.
FROM python:3.11-slim-bookworm

WORKDIR /srv/app
COPY bin/setup.sh bin/
COPY requirements.txt ./
RUN bash -ec '. bin/setup.sh; ensure_packages $runtime_packages; [ -z "$still_missing" ]; ensure_python requirements.txt' \
 && rm -rf /var/lib/apt/lists/* /root/.cache

COPY . .
ENV PATH=/srv/app/.venv/bin:$PATH DATA_DIR=/data PYTHONUNBUFFERED=1
RUN python -m config.messages \
 && useradd --system --no-create-home --home-dir /nonexistent app \
 && install -d -o app -g app /data

VOLUME /data
USER app
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "config.wsgi:application"]
