# The application for docker-compose.yml: one image for every part. Same requirements as bin/start.
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-noto-color-emoji \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt

COPY . .
RUN python -m config.messages \
 && useradd --system --no-create-home --home-dir /nonexistent app \
 && install -d -o app -g app /data

ENV DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
USER app
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "config.wsgi:application"]
