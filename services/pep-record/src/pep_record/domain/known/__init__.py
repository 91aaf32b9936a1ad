"""What this service knows about a child: facts that other services announced, taken in as they came."""
