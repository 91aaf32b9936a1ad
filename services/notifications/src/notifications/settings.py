"""What differs from place to place: the mail server, the address of the pages that links lead to, the sender's pace."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from pep_runtime.settings import FromEnvironment


class MailSettings(FromEnvironment):
    """PEP_SMTP_HOST, PEP_SMTP_PORT, …: the mail server. `start_tls` unset: used where the server offers it."""

    model_config = SettingsConfigDict(env_prefix="PEP_SMTP_")

    host: str = "127.0.0.1"
    port: int = 2525
    username: str | None = None
    password: SecretStr | None = None
    start_tls: bool | None = None
    timeout_seconds: float = Field(default=20.0, gt=0)


class SenderSettings(FromEnvironment):
    """PEP_BASE_ADDRESS: where links in messages lead. PEP_SENDING_…: how the sender works.

    PEP_REPLY_ADDRESS: where people without an account answer, if that is another address: scheduling's `/replies`.

    An attempt without an outcome is given up after `unknown_after_seconds`: longer than any send can last. Somebody
    whom scheduling does not know is asked for again for `patience_seconds`. What failed and may pass is tried again
    after ever longer rests, at most `longest_wait_seconds`.
    """

    model_config = SettingsConfigDict(env_prefix="PEP_SENDING_", populate_by_name=True)

    base_address: str = Field(default="http://127.0.0.1:28000", validation_alias="PEP_BASE_ADDRESS")
    reply_address: str | None = Field(default=None, validation_alias="PEP_REPLY_ADDRESS")
    batch: int = Field(default=50, ge=1)
    pause_seconds: float = Field(default=0.5, gt=0)
    unknown_after_seconds: float = Field(default=120.0, gt=0)
    patience_seconds: float = Field(default=60.0, ge=0)
    longest_wait_seconds: float = Field(default=900.0, gt=0)
