"""One plan: written by the people around the child, marked complete, quality assured, and perhaps superseded."""
