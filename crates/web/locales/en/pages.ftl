# The hosted pages, in English.

## Every page
error-prefix = Error:
problem-title = There is a problem
kept-by = Sign-in by { $service }
cancel = Cancel
continue = Continue
proceed = Proceed
allow = Allow
sign-in = Sign in
sign-out = Sign out
back-to = Back to { $application }
use-another = Use another account
show = Show
hide = Hide
show-password = Show password
hide-password = Hide password

## Dates and waits
date = { $day } { $month } { $year }
date-time = { $date }, { $time } UTC
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
wait-seconds = { $count } s
wait-minutes = { $count } min

## Roles
role-owner = Owner
role-manager = Manager
role-standard = Standard user
role-read-only = Read only

## Fields
username-label = Email address
password-label = Password
password-confirmation-label = Password again
new-password-label = New password
new-password-confirmation-label = New password again
given-name-label = First name
family-name-label = Last name
accept-terms-label = I accept the { $title }

## What can be wrong with a form
fault-username-missing = Enter your email address
fault-username-invalid = Enter an email address like name@example.com
fault-password-missing = Enter your password
fault-credentials-wrong = The email address or the password is not right. Check both and try again
fault-new-password-missing = Choose a password
fault-password-too-short = Choose a password of at least { $count } characters
fault-password-too-long = Choose a password of at most { $count } characters
fault-password-control = Choose a password without tabs or other control characters
fault-password-known = This password is on lists of stolen passwords. Choose another
fault-password-guessable = This password is easy to guess. Add a few words that only you would put together
fault-password-own-words = Choose a password that is not made of your own name, your address or the name of this service
fault-passwords-differ = The two passwords differ. Enter the same one again
fault-given-name-missing = Enter your first name
fault-given-name-invalid = Enter a first name without links or special signs
fault-family-name-missing = Enter your last name
fault-family-name-invalid = Enter a last name without links or special signs
fault-terms-unaccepted = Tick the box to accept the terms
fault-form-expired = This page was open for too long. What you typed is still here: check it and send it again

## Password rules
rule-length = At least { $count } characters: a few words are easiest to remember
rule-own-words = More than your name or address
rule-any-character = Any characters, spaces too; nothing else is required
rule-met = met
strength-missing = Characters still needed:
strength-own-words = Too close to your own name or address
strength-weak = Easy to guess: use more different characters
strength-good = Good password
strength-strong = Strong password

## Sign-in
sign-in-title = Sign in to { $to }
sign-in-to-join = Sign in to join { $account }.
forgot-link = Forgot password?
signed-in-already = You are signed in already.
continue-as = Continue as { $name }
throttled-title = Too many attempts
throttled-text = For safety, wait { $wait } before you try again. If you don’t know your password, choose “Forgot password?” instead.
suspended-title = { $account } has suspended your access
suspended-text = Your email address and password are right, but { $account } does not let you in at the moment. Ask an administrator of { $account } why.
no-access-title = No access
no-access-text = Your email address and password are right, but none of your accounts gives you { $application }. Ask your administrator to invite you.

## Choosing an account
choose-account-title = Choose an account
choose-account-text = You are signed in as { $address }.
suspended-here = Your access is suspended

## Invitations
invited-by = { $inviter } has invited you to join { $account }.
invited = You have been invited to join { $account }.
administrator-of = an administrator of { $account }
fact-application = Application
fact-role = Your role
fact-permission-sets = Permissions
fact-address = Invited as
fact-expires = Valid until
fact-invited = Invited
fact-signed-in = Signed in
welcome-title = Welcome to { $account }
create-user-text = Choose your name and password on the next page. It takes about a minute.
create-user = Create new user
sign-in-to-accept-text = There is a user with this email address already. Sign in to accept the invitation.
sign-in-to-accept = Sign in to accept
accept-as = Accept as { $name }
not-expected = You didn’t expect this? Close the page: nothing happens.
create-title = Create your user
ended-used-title = This invitation has been used
ended-used-text = It was accepted already. Sign in with your email address and password.
ended-expired-title = This invitation has expired
ended-expired-text = It was for { $account } and is too old now. You can ask { $inviter } for a new one.
ended-asked-title = A new invitation was asked for
ended-asked-text = We told { $inviter } that you would like a new invitation to { $account }. It comes by email once it is sent.
ask-again = Ask for a new one
ended-revoked-title = This invitation was taken back
ended-revoked-text = It was for { $account } and can’t be used any more. If you think that is a mistake, speak to { $inviter }.
ended-replaced-title = There is a newer invitation
ended-replaced-text = This link was replaced by a newer one. Look in your mail for the latest invitation and use the link in it.
ended-awaiting-title = This invitation waits for a confirmation
ended-awaiting-text = An administrator of { $account } has to confirm it first. There is nothing for you to do: open the link again later.
ended-unknown-title = We can’t find this invitation
ended-unknown-text = The link may have been cut short. Open it from the email again, or copy all of it. If that does not help, ask whoever invited you to send it again.
wrong-person-title = You are signed in as someone else
wrong-person-text = The invitation to { $account } is for another address than the one you are signed in with.
sign-out-and-continue = Sign out and continue
stay-signed-in = Stay signed in as { $address }

## Terms
terms-title = Terms to accept
terms-first-text = Please read and accept these terms before you go on.
terms-changed-title = The terms have changed
terms-changed-text = You accepted the earlier version on { $date }. Please read the new one before you go on.
terms-what-changed = What changed
terms-version = Version { $version }, in force since { $date }
terms-open = Open on a page of its own, to print or keep
agree-and-continue = Agree and continue
terms-decline = If you don’t agree, sign out. Nothing is deleted, and you can come back to this at any time.

## Passwords
forgot-title = Forgot your password?
forgot-text = Enter your email address, and we send you a link to set a new password.
send-link = Send link
back-to-sign-in = Back to sign in
forgot-sent-title = Check your mail
forgot-sent-text = If an account exists for { $address }, we sent a link to set a new password. It can be used once, within an hour.
forgot-sent-hint = Nothing there after a few minutes? Look in the spam folder, or send it again.
send-again = Send again
reset-title = Set a new password
reset-text = All your other sessions end when you set it.
set-password = Set password
reset-ended-title = This link does not work any more
reset-ended-text = Links to set a password can be used once and for a short time only.
send-new-link = Send a new link
password-changed-title = Your password is set
password-changed-text = All your sessions have ended, on every device. Sign in with the new password.

## Signing out
sign-out-title = Sign out?
sign-out-text = You are signed in to { $service } as { $address }. Signing out ends this session in all its applications.
stay = Stay signed in
signed-out-title = You are signed out
signed-out-text = Your session with { $service } has ended in this browser.
signed-out-of = It ended in these applications too:
sign-in-again = Sign in again

## The account page
account-title = Your profile
where-i-belong = Where you belong
belong-nowhere = You belong to no account yet. Ask an administrator to invite you.
open-application = Open { $application }
sessions-title = Where you are signed in
this-device = This device
session-since = since
session-last = last used
end-session = End
end-session-of = End the session on { $device }
end-others = Sign out everywhere else

## Consent
consent-title = { $name } asks for access
consent-unverified = { $name } has not been verified. Allow it only if you know who is behind it.
consent-signed-in = You are signed in as { $address }.
not-you = Not you?
consent-asks = If you allow it, { $name } can:
consent-returns = You then go back to { $host }.
consent-holds = Your answer holds for this sign-in. More about you is on the page
client-homepage = Homepage
client-terms = Terms
client-policy = Privacy policy
scopes-who = Know who you are
scopes-where = Know where you belong
scopes-away = When you are away
scopes-other = Other
scope-openid = Recognize you when you come again
scope-profile = See your name and language
scope-email = See your email address
scope-account = See the account you use it with
scope-roles = See your role there
scope-permissions = See what you may do there
scope-groups = See the groups you belong to there
scope-offline-access = Stay signed in when you are away
scope-new = New

## Mobile Access
mobile-title = The mobile app is not open to you
mobile-account-text = { $account } does not allow the mobile app.
mobile-member-text = { $account } allows the mobile app, but you have no Mobile Access.
mobile-next = Ask an administrator if you need it. In the browser, you can work as usual.
mobile-device-title = This device can’t be used yet
mobile-device-text = You have Mobile Access, but this app or device does not meet what { $account } asks for:
mobile-device-next = Update, then sign in again.
mobile-needs-app = Version { $version } of the app, or newer
mobile-needs-platform = { $platform } or newer

## Errors
reference = Reference, if you ask for help:
technical-title = For whoever looks after the application
trouble-not-found-title = There is nothing here
trouble-not-found-what = The page does not exist, or is not for you.
trouble-not-found-next = Check the address, or go back to where you came from.
trouble-denied-title = You may not do this
trouble-denied-what = Your role or your permissions do not cover it.
trouble-denied-next = If you need it, ask an administrator of your account.
trouble-expired-title = This step is over
trouble-expired-what = It was open for too long, or was finished in another window.
trouble-expired-next = Go back to the application and start again. Nothing was lost.
trouble-foreign-form-title = Please try that again
trouble-foreign-form-what = We could not tell that the form came from your own browser. That happens when cookies are off or were deleted meanwhile.
trouble-foreign-form-next = Allow cookies for this site, go back, reload the page and send it again.
trouble-unknown-client-title = We don’t know this application
trouble-unknown-client-what = The application that sent you here is not registered with us. You were not signed in to it.
trouble-unknown-client-next = Go back, and tell whoever looks after the application.
trouble-unknown-redirect-title = This application is not set up right
trouble-unknown-redirect-what = It asked us to send you to an address that it has not registered. To keep you safe, we did not.
trouble-unknown-redirect-next = Go back, and tell whoever looks after the application.
trouble-bad-request-title = We could not understand that
trouble-bad-request-what = Something in the request is missing or malformed.
trouble-bad-request-next = Go back to where you came from and start again.
trouble-too-large-title = That was too much at once
trouble-too-large-what = More was sent than this page takes.
trouble-too-large-next = Go back, shorten it and send it again.
trouble-too-many-title = Too many requests
trouble-too-many-what = There were more requests from here than we answer at once.
trouble-too-many-next = Wait { $wait }, then try again.
trouble-conflict-title = Something changed meanwhile
trouble-conflict-what = Someone else, or another window of yours, changed this while you were at it.
trouble-conflict-next = Go back, reload the page and look at what it says now.
trouble-unavailable-title = We are busy for a moment
trouble-unavailable-what = The service can’t answer right now. What you did before is safe.
trouble-unavailable-next = Wait a moment, then reload this page.
trouble-internal-title = Something went wrong on our side
trouble-internal-what = It is our mistake, not yours, and it has been recorded.
trouble-internal-next = Try again in a moment. If it stays like this, tell us the reference below.

## Between pages
form-post-title = Going on to { $application }
form-post-text = You are on your way to { $application }.
form-post-noscript = Your browser runs no scripts: press the button to go on.

## The development mail box
mail-box-title = Development mail box
mail-box-text = Messages that would have been sent. They stay on this machine.
mail-box-empty = No messages yet. Invite somebody, or ask for a new password.
mail-to = To
mail-from = From
mail-sent = Sent
mail-html = Source of the HTML part
mail-back = All messages
