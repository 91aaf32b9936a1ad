"""The pure core: what every service means by an event, a decision, a refusal, a person's permission, a penny, a day."""
