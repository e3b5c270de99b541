"""The worker: events from Kafka → judged → one transaction → acknowledged."""
