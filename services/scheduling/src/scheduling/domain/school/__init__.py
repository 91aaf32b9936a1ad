"""A school or early years setting, as the authority lists it."""
