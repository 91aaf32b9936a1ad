"""What one authority has decided, as data: one file a service, each rule with its effective date and its source.

Nothing here knows an authority by name. Another authority is another folder of files.
"""

from pep_kernel.authority_policy.dated import Dated, InForce, NotInForce, PolicyFile, PolicyFileError, read_policy_file
from pep_kernel.authority_policy.funding import FundingFile, FundingPolicy
from pep_kernel.authority_policy.notifications import NotificationsFile, NotificationsPolicy
from pep_kernel.authority_policy.pep_record import PepRecordFile, PepRecordPolicy
from pep_kernel.authority_policy.scheduling import SchedulingFile, SchedulingPolicy
from pep_kernel.authority_policy.terms import AuthorityFile, TermsFile

__all__ = [
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
    "PolicyFile",
    "PolicyFileError",
    "SchedulingFile",
    "SchedulingPolicy",
    "TermsFile",
    "read_policy_file",
]
