skip-to-content = Skip to content
menu = Menu
navigation = Navigation
nav-overview = Overview
nav-search = Search
nav-units = Units
nav-flags = Flags
nav-forms = Forms
nav-administration = Administration
quick-search = Find a computer, a device… ( / )
logout = Sign out
yes = yes
no = no
unit = Unit
unit-code = Unit code
computers = Computers
servers = Servers
peripherals = Peripherals
whole-country = Whole country
save = Save
close = Close
copy = Copy

role-administrator = Administrator
role-editor = Editor
role-reader = Reader

ago-future = in the future (wrong clock?)
ago-now = just now
ago-minutes = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
  }
ago-hours = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
  }
ago-days = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
  }

login-title = Sign in
login-lead = The inventory of computers, servers, peripherals and Internet lines of the units.
login-name = User name
login-password = Password
login-do = Sign in
login-wrong = User name or password is wrong. Forgotten password: ask an administrator to run kiemke-collector user reset-password.
login-too-many = Too many wrong attempts. Try again in { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
  }.

error-not-signed-in = You are not signed in
error-not-signed-in-hint = Sign in and try again.
error-forbidden = Your role does not allow this
error-forbidden-hint = If your work needs it, ask an administrator to change your role.
error-csrf = The form has expired
error-csrf-hint = Nothing was changed. Reload the page and send the form again.
error-not-found = There is no { $what } { $id }
error-not-found-hint = The address may be mistyped, or you may not see this content.
error-what-unit = unit
error-what-device = device
error-what-page = such page
error-invalid = { $message }: { $value }
error-of-field = “{ $field }”: { $message }
error-invalid-hint = Nothing was changed. Go back and mend this value.
error-too-large = What you sent is too large
error-too-large-hint = The limit is 1 MB. Larger data can be brought in with kiemke-collector import.
error-internal = Making this page failed
error-internal-hint = The error stands in the log of kiemke-collector with the address of the page. Try again; if it repeats, send the log to whoever runs the system.
error-method = This address takes a form only
error-method-hint = Nothing was changed. Open the page with the form again.
error-unreadable = The request cannot be read
error-field-missing = The request lacks “{ $field }”
error-field-twice = The request has “{ $field }” more than once
error-field-unreadable = “{ $field }” of the request cannot be read
error-unreadable-hint = Nothing was changed. Mend the address, or open the page from the menu.
error-unit-ended = Unit { $unit } of this account has ended
error-unit-ended-hint = Ask an administrator to give the account its new unit: kiemke-collector user set NAME --unit CODE
error-back-to-form = Back to the form
error-back = To the first page
error-language = No such language
