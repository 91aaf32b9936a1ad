"""What there is to spend in one term: opened once, committed by approvals, given back by withdrawals.

| event               | what it tells                                                          |
|---------------------|------------------------------------------------------------------------|
| TermEnvelopeOpened  | this much may be approved for the term                                 |
| SpendingCommitted   | approvals for one plan took this much; perhaps over the top, by the head |
| SpendingGivenBack   | withdrawn approvals returned this much                                 |
"""
