"""A release run lets approved money leave: each line once, to the child's school, in a file that says it all.

| event             | what it tells                                            |
|-------------------|----------------------------------------------------------|
| ReleaseRunStarted | which numbers of the other services the run relied on    |
| LinesLeftOut      | which approved lines stayed, each with its reason        |
| FinanceFileMade   | the file's name, its lines, sum and hash                 |
| FinanceFileTaken  | somebody took the file                                   |

The lines themselves are told by their claims (`PPPReleased`), their numbers by the ledger (`LinesNumbered`).
"""
