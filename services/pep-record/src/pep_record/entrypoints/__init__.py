"""What people ask of plans over HTTP."""
