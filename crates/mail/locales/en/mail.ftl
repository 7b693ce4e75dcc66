# Texts of mails. $date is a moment already written out with `date-time`.

greeting = Hello { $name },
greeting-nobody = Hello,
date-time = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $day }, { $year }, { $time } (UTC)
link-copy = If the button does not work, copy this address into your browser:

role-read-only = Read Only (you can view records)
role-standard = Standard (you can view and edit records)
role-manager = Manager (you can also manage users and what they may do)
role-owner = Owner (everything is in your hands, billing included)

invitation-subject = { $inviter } invited you to { $account }
invitation-subject-account = { $account } invited you to { $application }
invitation-intro = { $inviter } invited you to join { $account } in { $application }.
invitation-intro-account = { $account } invited you to use { $application }.
invitation-role = Your role will be { $role }.
invitation-message = A message from { $inviter }:
invitation-message-account = A message from { $account }:
invitation-action = View invitation
invitation-expires = You can accept it until { $date }.
invitation-unexpected = If you were not expecting it, you can ignore this mail: nothing happens until you accept.

invitation-asked-subject = { $name } asks for a new invitation to { $account }
invitation-asked-intro = The invitation to { $account } that went to { $address } ended on { $date } without being accepted. { $name } has opened its link and asks for a new one.
invitation-asked-next = If { $name } should still join, send the invitation again. If not, there is nothing to do.

password-reset-subject = Set a new password
password-reset-intro = A new password was asked for, for { $address }.
password-reset-action = Set a new password
password-reset-expires = The link works once, until { $date }.
password-reset-unexpected = If it was not you, you can ignore this mail: your password stays as it is.

password-changed-subject = Your password was changed
password-changed-intro = The password for { $address } was changed on { $date }. Everywhere else you were signed in, you are now signed out.
password-changed-unexpected = If it was not you, set a new password now and tell your administrator.
password-changed-action = Set a new password

address-code-subject = Your code for { $account }
address-code-intro = Enter this code to confirm that { $address } is yours and to accept the invitation to { $account }:
address-code-expires = The code works once, until { $date }.
address-code-unexpected = If you did not ask for it, you can ignore this mail. Never give the code to anyone.
