"""Who may come near a child's record beside those whom care facts name: delegates, and whoever breaks the glass."""
