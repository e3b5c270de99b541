"""The stages of judgement, pure, one verb a file; `app` and `batching` carry them over Kafka."""
