"""The money lines of one plan: requested, approved or declined, perhaps held or withdrawn, and released at most once.

| event                | what it tells                                                                      |
|----------------------|------------------------------------------------------------------------------------|
| PPPRequested         | a quality-assured version of the plan asks for these lines                         |
| PPPReferred          | policy does not settle this line: a person decides, and weighs this rule           |
| PPPDeclined          | this line is not paid for; the rule says why                                       |
| PPPApproved          | this line may be paid, out of this term's envelope                                 |
| PPPApprovalHeld      | the completed version does not stand any more: nothing is approved, nothing leaves |
| PPPApprovalStands    | the head of the Virtual School looked at the hold and lets the approvals stand     |
| PPPApprovalWithdrawn | unreleased approvals are taken back                                                |
| PPPReleased          | this line's money may be paid to this school                                       |
| PPPClaimStopped      | another plan took this one's place; what was not released never will be            |
"""
