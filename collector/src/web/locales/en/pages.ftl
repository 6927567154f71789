choose-unit = Choose a unit
overview-empty = No computer reports yet
overview-empty-hint = Import the list of units, make an enrolment token on a unit's page, then install the agent on its computers.
overview-empty-do = Open the units
heat-title = Units by criterion
heat-legend = Met · to be mended · not met · no data. A cell leads to its flags.
heat-servers = { $n ->
    [one] { $n } server
   *[other] { $n } servers
  }
heat-unknown-kind = { $n } of unknown kind
heat-own = unit itself
heat-hidden = { $n ->
    [one] { $n } unit without data is hidden.
   *[other] { $n } units without data are hidden.
  }
heat-show-hidden = Show all
newest-flags = Newest flags
all-flags = See all
column-unit = Unit
column-unit-title = Sort by unit code
column-computers = Computers
column-computers-title = Workstations and laptops that count; servers stand apart after the +
column-internet = Lines
column-internet-title = At least two Internet lines from ISPs of different infrastructure (criterion 15, 708/BTTTT-CATTT)
column-protection = Antivirus
column-protection-title = Machines with working endpoint protection / all machines (workstations, laptops and servers)
column-os = System
column-os-title = Machines whose operating system is supported / all machines (workstations, laptops and servers)
column-checked = Checked
column-checked-title = Security-checked machines / all machines (workstations, laptops and servers)
column-disk = Disks
column-disk-title = Machines with enough disk space / all machines (workstations, laptops and servers)
column-contact = Contact
column-contact-title = Machines heard of lately / all machines (workstations, laptops and servers)
column-equipment = Equipment
column-equipment-title = Computers, scanners, card readers and USB tokens against declared staff
cell-no-data = No data
cell-internet-units = { $good } units
cell-internet-single = One line
cell-internet-same-group = Same network
cell-internet-down = Line down
cell-internet-good = Two ISPs
cell-enough-of = enough ({ $n }/{ $all } units)
cell-enough-known = Enough as far as known
cell-enough = Enough
cell-short = { $n ->
    [one] { $n } item short
   *[other] { $n } items short
  }
figure-reporting = Computers reporting / enrolled
figure-reporting-note = { $n ->
    [one] { $n } server among them
   *[other] { $n } servers among them
  }
figure-lines = Units with two ISPs of different infrastructure
figure-lines-note = { $n ->
    [one] { $n } unit unknown
   *[other] { $n } units unknown
  }
figure-protected = Computers with protection switched on
figure-protected-note = { $n ->
    [one] { $n } computer unknown
   *[other] { $n } computers unknown
  }
figure-needs-computing = computing…
figure-needs = Purchase needs 2024-2025
figure-needs-note = { $n ->
    [one] { $n } item without a price
   *[other] { $n } items without a price
  }
trend-none = not yet 7 days of data
trend-same = same for 7 days
trend-changed = { $change } in 7 days

units-total = { $n } units
units-find = Find a unit by name or code
units-toggle = Open or close { $unit }
units-empty = No units yet
units-empty-hint = Import the list with: kiemke-collector units import FILE.csv --data DIRECTORY

flag-rule = Flag
flag-rule-id = Rule id
flag-subject = Subject
flag-of-unit = whole unit
flag-since = Since
flag-closed = Closed
flag-evidence = Evidence
flag-basis = Legal basis
flags-total = { $n } open flags
flags-total-closed = { $n } closed flags
flags-all-units = All units
flags-all-rules = All
flags-show-open = Open ones
flags-show-closed = Closed ones
flags-more = { $n ->
    [one] { $n } more row: download the CSV to see it.
   *[other] { $n } more rows: download the CSV to see them.
  }
flags-none = No flags
flags-none-hint = Every criterion with data is met. A unit without data raises no flag.
figure-needs-unpriced = No prices yet
