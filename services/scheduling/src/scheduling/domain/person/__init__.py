"""A person around the children: a member of staff with a role, or a carer of some of them, or one of them."""
