"""What touches the world, the same for every service: journal, relay, runner, projector, keys, sign-in, HTTP."""
