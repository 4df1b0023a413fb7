"""What the operator is told of the dashboard: log lines, spans, errors. No body, query string or token in any."""
