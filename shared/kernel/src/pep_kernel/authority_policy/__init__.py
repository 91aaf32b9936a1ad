"""What one authority has decided, as data: one file a service, each rule with its effective date and its source.

Nothing here knows an authority by name. Another authority is another folder of files.
"""

from pep_kernel.authority_policy.dated import Dated, InForce, NotInForce, PolicyFile, PolicyModel, RulesFile
from pep_kernel.authority_policy.funding import FundingFile, FundingPolicy
from pep_kernel.authority_policy.notifications import NotificationsFile, NotificationsPolicy
from pep_kernel.authority_policy.pep_record import PepRecordFile, PepRecordPolicy
from pep_kernel.authority_policy.reading import WHOLE_FILE, PolicyFault, PolicyFileError, read_policy_file
from pep_kernel.authority_policy.scheduling import SchedulingFile, SchedulingPolicy
from pep_kernel.authority_policy.terms import AuthorityFile, TermsFile

FILES: dict[str, type[PolicyFile]] = {
    "authority": AuthorityFile,
    "scheduling": SchedulingFile,
    "pep-record": PepRecordFile,
    "funding": FundingFile,
    "notifications": NotificationsFile,
    "terms": TermsFile,
}
"""The files of an authority, by name without `.toml`."""

__all__ = [
    "FILES",
    "WHOLE_FILE",
    "AuthorityFile",
    "Dated",
    "FundingFile",
    "FundingPolicy",
    "InForce",
    "NotInForce",
    "NotificationsFile",
    "NotificationsPolicy",
    "PepRecordFile",
    "PepRecordPolicy",
    "PolicyFault",
    "PolicyFile",
    "PolicyFileError",
    "PolicyModel",
    "RulesFile",
    "SchedulingFile",
    "SchedulingPolicy",
    "TermsFile",
    "read_policy_file",
]
