"""The days and hours that can be told or asked: beyond them no calendar, rule or age can be counted.

Whatever a request names is one of these. A year that was typed wrongly shows, and names its field.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

FIRST_BIRTH, FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2000, 1, 1), date(2100, 12, 31)

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day on which something is done, due or asked for."""
DayOfLife = Annotated[date, Field(ge=FIRST_BIRTH, le=LAST_DAY)]
"""A day of somebody's life: a record is kept until 75 years after birth, and told of as long."""
At = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2101, 1, 1, tzinfo=UTC))]
"""An hour of a meeting."""
