"""A development machine's servers, PostgreSQL, Kafka, mail and sign-in: started, watched and stopped by one command."""
