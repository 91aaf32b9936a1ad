"""One child: the facts of care and school, whether a PEP applies, and what is due by when."""
