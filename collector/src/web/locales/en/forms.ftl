form-equipment = End-user equipment
form-network = Network lines
form-infrastructure = System infrastructure
form-software = Software
form-hint = Click a cell to see where its value comes from.
form-empty = The form has no row yet
form-empty-hint = This form has one row for each system; declare a system and its servers.
form-more = { $n ->
    [one] { $n } more row: download the file to see it.
   *[other] { $n } more rows: download the file to see them.
  }
form-choose = Choose the unit whose form it is.
error-form-format = This document is not written in this format
error-form = There is no such form or format
source-observed = Observed
source-declared = Declared
source-computed = Computed
source-missing = Missing
mark-observed = O
mark-declared = D
mark-computed = C
mark-missing = –
panel-title = Where the value comes from
observed-from = from { $counted }
observed-none = none
counted-computer = { $n ->
    [one] { $n } computer
   *[other] { $n } computers
  }
counted-printer = { $n ->
    [one] { $n } printer
   *[other] { $n } printers
  }
counted-scanner = { $n ->
    [one] { $n } scanner
   *[other] { $n } scanners
  }
counted-multifunction = { $n ->
    [one] { $n } multifunction device
   *[other] { $n } multifunction devices
  }
counted-card-reader = { $n ->
    [one] { $n } card reader
   *[other] { $n } card readers
  }
counted-token = { $n ->
    [one] { $n } USB token
   *[other] { $n } USB tokens
  }
counted-thing = { $n ->
    [one] { $n } device
   *[other] { $n } devices
  }
counted-subject = { $n ->
    [one] { $n } subject
   *[other] { $n } subjects
  }
named-with-serial = { $name } (serial { $serial })
source-checked = Inspected
checked-none = No check that is still valid is recorded.
left-out = Left out because it could not be read:
provenance-staff-not-declared = The unit has not declared its staff.
provenance-staff-official-not-declared = Official staff are not declared.
provenance-staff-trial-not-declared = Staff on trial are not declared.
provenance-staff-professional-not-declared = Staff who do professional work are not declared.
provenance-staff-total-without-official = Official staff are not declared, so there is no total.
provenance-staff-total-without-trial = Staff on trial are not declared, so there is no total.
provenance-no-devices = No computer of the unit has reported. Make an enrolment token on the unit's page.
provenance-protection-probes-failed = No computer could read its endpoint protection.
provenance-peripheral-probes-failed = No computer could read its peripherals.
provenance-lines-unknown = No line was observed and none declared.
provenance-bandwidth-not-declared = The bandwidth of the line is not declared.
provenance-load-unknown = The servers have not reported their load.
provenance-servers-not-declared = The servers of the system are not declared, or have not reported.
provenance-storage-unknown = The servers have not reported their storage.
provenance-processors-unknown = The servers have not reported their processors.
provenance-not-declared = Not declared.
provenance-no-data = No computer of the unit has reported and the unit has declared nothing.
provenance-no-proposal = Nobody declared a proposal and no purchase need is adopted, so the words of the form stand here.
provenance-adopted-needs = Purchase needs adopted into the form.
provenance-price-missing = An adopted need has no unit price.
provenance-staff-total = Official staff and staff on trial added up.
provenance-internet-guarantee = Ensured with two or more lines from ISPs of different infrastructure (criterion 15, 708/BTTTT-CATTT).
provenance-form-total = The units with data in the form added up.
provenance-largest-server = The largest figure of one server.
provenance-sum-of-servers = The servers of the system added up.

users = Users
role = Role
created = Created
disabled = disabled
all-units = All units
tokens = Enrolment tokens
tokens-hint = Made on the page of a unit
tokens-none = No tokens yet
collector-state = State of the collector
state-indexed = Documents in the search index
state-waiting = Work that waits
state-failed = { $n ->
    [one] { $n } failed
   *[other] { $n } failed
  }
state-connected = { $n } connected
state-rejected = Refused
rejections = Refused reports and connections
rejections-none = Nothing refused
rejections-none-hint = Every report was accepted.
audit = Audit log
at = At
by = By
deed = Act
detail = Detail
deed-login = Signed in
deed-token-create = Token made
deed-token-revoke = Token revoked
deed-command = Command to a computer
deed-password-reset = Password reset
deed-price = Price changed
deed-procurement-clear = Edit of a purchase need dropped
deed-procurement-edit = Purchase need edited
deed-user-added = User added
