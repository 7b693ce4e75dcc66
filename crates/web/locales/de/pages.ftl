# The hosted pages, in German.

## Every page
error-prefix = Fehler:
problem-title = Etwas stimmt noch nicht
kept-by = Anmeldung durch { $service }
cancel = Abbrechen
continue = Weiter
proceed = Fortfahren
allow = Erlauben
sign-in = Anmelden
sign-out = Abmelden
back-to = Zurück zu { $application }
use-another = Anderes Konto verwenden
show = Zeigen
hide = Verbergen
show-password = Passwort zeigen
hide-password = Passwort verbergen

## Dates and waits
date = { $day }. { $month } { $year }
date-time = { $date }, { $time } Uhr UTC
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
wait-seconds = { $count } s
wait-minutes = { $count } min

## Roles
role-owner = Inhaber
role-manager = Verwalter
role-standard = Standardbenutzer
role-read-only = Nur lesen

## Fields
username-label = E-Mail-Adresse
password-label = Passwort
password-confirmation-label = Passwort wiederholen
new-password-label = Neues Passwort
new-password-confirmation-label = Neues Passwort wiederholen
given-name-label = Vorname
family-name-label = Nachname
accept-terms-label = Ich akzeptiere: { $title }

## What can be wrong with a form
fault-username-missing = Geben Sie Ihre E-Mail-Adresse ein
fault-username-invalid = Geben Sie eine E-Mail-Adresse wie name@example.com ein
fault-password-missing = Geben Sie Ihr Passwort ein
fault-credentials-wrong = Die E-Mail-Adresse oder das Passwort stimmt nicht. Prüfen Sie beide und versuchen Sie es noch einmal
fault-new-password-missing = Wählen Sie ein Passwort
fault-password-too-short = Wählen Sie ein Passwort mit mindestens { $count } Zeichen
fault-password-too-long = Wählen Sie ein Passwort mit höchstens { $count } Zeichen
fault-password-control = Wählen Sie ein Passwort ohne Tabulator und andere Steuerzeichen
fault-password-known = Dieses Passwort steht auf Listen gestohlener Passwörter. Wählen Sie ein anderes
fault-password-guessable = Dieses Passwort ist leicht zu erraten. Ergänzen Sie einige Wörter, die nur Sie so zusammenstellen würden
fault-password-own-words = Wählen Sie ein Passwort, das nicht aus Ihrem Namen, Ihrer Adresse oder dem Namen dieses Dienstes besteht
fault-passwords-differ = Die beiden Passwörter sind verschieden. Geben Sie noch einmal dasselbe ein
fault-given-name-missing = Geben Sie Ihren Vornamen ein
fault-given-name-invalid = Geben Sie einen Vornamen ohne Links und Sonderzeichen ein
fault-family-name-missing = Geben Sie Ihren Nachnamen ein
fault-family-name-invalid = Geben Sie einen Nachnamen ohne Links und Sonderzeichen ein
fault-terms-unaccepted = Kreuzen Sie das Kästchen an, um die Bedingungen zu akzeptieren
fault-form-expired = Diese Seite war zu lange offen. Was Sie eingegeben haben, ist noch da: Prüfen Sie es und senden Sie es noch einmal

## Password rules
rule-length = Mindestens { $count } Zeichen: Einige Wörter merkt man sich am leichtesten
rule-own-words = Mehr als Ihr Name oder Ihre Adresse
rule-any-character = Beliebige Zeichen, auch Leerzeichen; mehr wird nicht verlangt
rule-met = erfüllt
strength-missing = Noch fehlende Zeichen:
strength-own-words = Zu nah an Ihrem eigenen Namen oder Ihrer Adresse
strength-weak = Leicht zu erraten: Verwenden Sie mehr verschiedene Zeichen
strength-good = Gutes Passwort
strength-strong = Starkes Passwort

## Sign-in
sign-in-title = Bei { $to } anmelden
sign-in-to-join = Melden Sie sich an, um { $account } beizutreten.
forgot-link = Passwort vergessen?
signed-in-already = Sie sind schon angemeldet.
continue-as = Weiter als { $name }
throttled-title = Zu viele Versuche
throttled-text = Warten Sie zur Sicherheit { $wait }, bevor Sie es noch einmal versuchen. Wenn Sie Ihr Passwort nicht wissen, wählen Sie stattdessen „Passwort vergessen?“.
suspended-title = { $account } hat Ihren Zugang gesperrt
suspended-text = Ihre E-Mail-Adresse und Ihr Passwort stimmen, aber { $account } lässt Sie zurzeit nicht ein. Fragen Sie einen Administrator von { $account } nach dem Grund.
no-access-title = Kein Zugang
no-access-text = Ihre E-Mail-Adresse und Ihr Passwort stimmen, aber keines Ihrer Konten gibt Ihnen { $application }. Bitten Sie Ihren Administrator um eine Einladung.

## Choosing an account
choose-account-title = Konto wählen
choose-account-text = Sie sind als { $address } angemeldet.
suspended-here = Ihr Zugang ist gesperrt

## Invitations
invited-by = { $inviter } hat Sie zu { $account } eingeladen.
invited = Sie wurden zu { $account } eingeladen.
administrator-of = einen Administrator von { $account }
fact-application = Anwendung
fact-role = Ihre Rolle
fact-permission-sets = Berechtigungen
fact-address = Eingeladen als
fact-expires = Gültig bis
fact-invited = Eingeladen
fact-signed-in = Angemeldet
welcome-title = Willkommen bei { $account }
create-user-text = Auf der nächsten Seite wählen Sie Ihren Namen und Ihr Passwort. Es dauert etwa eine Minute.
create-user = Neuen Benutzer anlegen
sign-in-to-accept-text = Mit dieser E-Mail-Adresse gibt es schon einen Benutzer. Melden Sie sich an, um die Einladung anzunehmen.
sign-in-to-accept = Anmelden und annehmen
accept-as = Als { $name } annehmen
not-expected = Sie haben das nicht erwartet? Schließen Sie die Seite: Es geschieht nichts.
create-title = Benutzer anlegen
ended-used-title = Diese Einladung wurde schon verwendet
ended-used-text = Sie wurde bereits angenommen. Melden Sie sich mit Ihrer E-Mail-Adresse und Ihrem Passwort an.
ended-expired-title = Diese Einladung ist abgelaufen
ended-expired-text = Sie galt für { $account } und ist inzwischen zu alt. Sie können { $inviter } um eine neue bitten.
ended-asked-title = Um eine neue Einladung wurde gebeten
ended-asked-text = Wir haben { $inviter } informiert, dass Sie gern eine neue Einladung zu { $account } hätten. Sie kommt per E-Mail, sobald sie gesendet wird.
ask-again = Um eine neue bitten
ended-revoked-title = Diese Einladung wurde zurückgenommen
ended-revoked-text = Sie galt für { $account } und lässt sich nicht mehr verwenden. Wenn Sie das für einen Irrtum halten, fragen Sie { $inviter }.
ended-replaced-title = Es gibt eine neuere Einladung
ended-replaced-text = Dieser Link wurde durch einen neueren ersetzt. Suchen Sie in Ihrer Post die letzte Einladung und verwenden Sie den Link darin.
ended-awaiting-title = Diese Einladung muss noch bestätigt werden
ended-awaiting-text = Jemand aus der Verwaltung von { $account } muss sie erst bestätigen. Sie müssen nichts tun: Öffnen Sie den Link später noch einmal.
ended-unknown-title = Wir finden diese Einladung nicht
ended-unknown-text = Vielleicht fehlt ein Stück des Links. Öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz. Wenn das nicht hilft, bitten Sie darum, dass man sie Ihnen noch einmal sendet.
wrong-person-title = Sie sind als jemand anderes angemeldet
wrong-person-text = Die Einladung zu { $account } gilt für eine andere Adresse als die, mit der Sie angemeldet sind.
sign-out-and-continue = Abmelden und weiter
stay-signed-in = Als { $address } angemeldet bleiben

## Terms
terms-title = Bedingungen
terms-first-text = Bitte lesen und akzeptieren Sie diese Bedingungen, bevor es weitergeht.
terms-changed-title = Die Bedingungen haben sich geändert
terms-changed-text = Die frühere Fassung haben Sie am { $date } akzeptiert. Bitte lesen Sie die neue, bevor es weitergeht.
terms-what-changed = Was sich geändert hat
terms-version = Fassung { $version }, gültig seit { $date }
terms-open = Auf eigener Seite öffnen, zum Drucken oder Aufheben
agree-and-continue = Zustimmen und weiter
terms-decline = Wenn Sie nicht zustimmen, melden Sie sich ab. Nichts wird gelöscht, und Sie können jederzeit hierher zurückkehren.

## Passwords
forgot-title = Passwort vergessen?
forgot-text = Geben Sie Ihre E-Mail-Adresse ein, und wir senden Ihnen einen Link, um ein neues Passwort zu setzen.
send-link = Link senden
back-to-sign-in = Zurück zur Anmeldung
forgot-sent-title = Sehen Sie in Ihre Post
forgot-sent-text = Wenn es für { $address } ein Konto gibt, haben wir einen Link gesendet, um ein neues Passwort zu setzen. Er gilt einmal und eine Stunde lang.
forgot-sent-hint = Nach einigen Minuten noch nichts da? Sehen Sie im Spam-Ordner nach, oder senden Sie ihn noch einmal.
send-again = Noch einmal senden
reset-title = Neues Passwort setzen
reset-text = Alle Ihre anderen Sitzungen enden, wenn Sie es setzen.
set-password = Passwort setzen
reset-ended-title = Dieser Link gilt nicht mehr
reset-ended-text = Links für ein neues Passwort gelten nur einmal und nur kurze Zeit.
send-new-link = Neuen Link senden
password-changed-title = Ihr Passwort ist gesetzt
password-changed-text = Alle Ihre Sitzungen sind beendet, auf jedem Gerät. Melden Sie sich mit dem neuen Passwort an.

## Signing out
sign-out-title = Abmelden?
sign-out-text = Sie sind bei { $service } als { $address } angemeldet. Das Abmelden beendet diese Sitzung in allen ihren Anwendungen.
stay = Angemeldet bleiben
signed-out-title = Sie sind abgemeldet
signed-out-text = Ihre Sitzung bei { $service } ist in diesem Browser beendet.
signed-out-of = Sie endete auch in diesen Anwendungen:
sign-in-again = Wieder anmelden

## The account page
account-title = Ihr Profil
where-i-belong = Wo Sie dazugehören
belong-nowhere = Sie gehören noch zu keinem Konto. Bitten Sie einen Administrator um eine Einladung.
open-application = { $application } öffnen
sessions-title = Wo Sie angemeldet sind
this-device = Dieses Gerät
session-since = seit
session-last = zuletzt
end-session = Beenden
end-session-of = Sitzung auf { $device } beenden
end-others = Überall sonst abmelden

## Consent
consent-title = { $name } bittet um Zugang
consent-unverified = { $name } ist nicht geprüft. Erlauben Sie es nur, wenn Sie wissen, wer dahintersteht.
consent-signed-in = Sie sind als { $address } angemeldet.
not-you = Sind das nicht Sie?
consent-asks = Wenn Sie es erlauben, kann { $name }:
consent-returns = Danach geht es zurück zu { $host }.
consent-holds = Ihre Antwort gilt für diese Anmeldung. Mehr über Sie steht auf der Seite
client-homepage = Homepage
client-terms = Bedingungen
client-policy = Datenschutz
scopes-who = Wissen, wer Sie sind
scopes-where = Wissen, wo Sie dazugehören
scopes-away = Wenn Sie nicht da sind
scopes-other = Sonstiges
scope-openid = Sie wiedererkennen
scope-profile = Ihren Namen und Ihre Sprache sehen
scope-email = Ihre E-Mail-Adresse sehen
scope-account = Das Konto sehen, mit dem Sie es verwenden
scope-roles = Ihre Rolle dort sehen
scope-permissions = Sehen, was Sie dort dürfen
scope-groups = Ihre Gruppen dort sehen
scope-offline-access = Angemeldet bleiben, wenn Sie nicht da sind
scope-new = Neu

## Mobile Access
mobile-title = Die mobile App ist für Sie nicht offen
mobile-account-text = { $account } erlaubt die mobile App nicht.
mobile-member-text = { $account } erlaubt die mobile App, aber Sie haben keinen mobilen Zugang.
mobile-next = Fragen Sie einen Administrator, wenn Sie ihn brauchen. Im Browser arbeiten Sie wie gewohnt.
mobile-device-title = Dieses Gerät geht noch nicht
mobile-device-text = Sie haben mobilen Zugang, aber diese App oder dieses Gerät erfüllt nicht, was { $account } verlangt:
mobile-device-next = Aktualisieren Sie, und melden Sie sich dann noch einmal an.
mobile-needs-app = Version { $version } der App oder neuer
mobile-needs-platform = { $platform } oder neuer

## Errors
reference = Kennung, falls Sie um Hilfe bitten:
technical-title = Für alle, die die Anwendung betreuen
trouble-not-found-title = Hier ist nichts
trouble-not-found-what = Die Seite gibt es nicht, oder sie ist nicht für Sie bestimmt.
trouble-not-found-next = Prüfen Sie die Adresse, oder gehen Sie dorthin zurück, woher Sie kamen.
trouble-denied-title = Das dürfen Sie nicht
trouble-denied-what = Ihre Rolle oder Ihre Berechtigungen reichen dafür nicht.
trouble-denied-next = Wenn Sie es brauchen, fragen Sie einen Administrator Ihres Kontos.
trouble-expired-title = Dieser Schritt ist vorbei
trouble-expired-what = Er war zu lange offen oder wurde in einem anderen Fenster beendet.
trouble-expired-next = Gehen Sie zur Anwendung zurück und fangen Sie neu an. Es ging nichts verloren.
trouble-foreign-form-title = Bitte versuchen Sie das noch einmal
trouble-foreign-form-what = Wir konnten nicht erkennen, ob das Formular aus Ihrem eigenen Browser kam. Das geschieht, wenn Cookies aus sind oder inzwischen gelöscht wurden.
trouble-foreign-form-next = Erlauben Sie Cookies für diese Seite, gehen Sie zurück, laden Sie neu und senden Sie es noch einmal.
trouble-unknown-client-title = Diese Anwendung kennen wir nicht
trouble-unknown-client-what = Die Anwendung, von der Sie kommen, ist bei uns nicht registriert. Sie wurden nicht bei ihr angemeldet.
trouble-unknown-client-next = Gehen Sie zurück, und sagen Sie es denen, die die Anwendung betreuen.
trouble-unknown-redirect-title = Diese Anwendung ist nicht richtig eingerichtet
trouble-unknown-redirect-what = Sie wollte Sie an eine Adresse schicken lassen, die sie nicht registriert hat. Zu Ihrem Schutz taten wir das nicht.
trouble-unknown-redirect-next = Gehen Sie zurück, und sagen Sie es denen, die die Anwendung betreuen.
trouble-bad-request-title = Das konnten wir nicht verstehen
trouble-bad-request-what = In der Anfrage fehlt etwas, oder etwas ist fehlerhaft.
trouble-bad-request-next = Gehen Sie dorthin zurück, woher Sie kamen, und fangen Sie neu an.
trouble-too-large-title = Das war zu viel auf einmal
trouble-too-large-what = Es wurde mehr gesendet, als diese Seite annimmt.
trouble-too-large-next = Gehen Sie zurück, kürzen Sie es und senden Sie es noch einmal.
trouble-too-many-title = Zu viele Anfragen
trouble-too-many-what = Von hier kamen mehr Anfragen, als wir auf einmal beantworten.
trouble-too-many-next = Warten Sie { $wait }, und versuchen Sie es dann noch einmal.
trouble-conflict-title = Inzwischen hat sich etwas geändert
trouble-conflict-what = Jemand anderes oder ein anderes Fenster von Ihnen hat dies geändert, während Sie dabei waren.
trouble-conflict-next = Gehen Sie zurück, laden Sie neu und sehen Sie, was jetzt dasteht.
trouble-unavailable-title = Wir haben gerade viel zu tun
trouble-unavailable-what = Der Dienst kann im Augenblick nicht antworten. Was Sie vorher getan haben, ist sicher.
trouble-unavailable-next = Warten Sie einen Augenblick, und laden Sie diese Seite neu.
trouble-internal-title = Bei uns ist etwas schiefgegangen
trouble-internal-what = Es ist unser Fehler, nicht Ihrer, und wurde festgehalten.
trouble-internal-next = Versuchen Sie es gleich noch einmal. Wenn es so bleibt, nennen Sie uns die Kennung unten.

## Between pages
form-post-title = Weiter zu { $application }
form-post-text = Sie sind auf dem Weg zu { $application }.
form-post-noscript = Ihr Browser führt keine Skripte aus: Drücken Sie den Knopf, um weiterzugehen.

## The development mail box
mail-box-title = Postfach der Entwicklung
mail-box-text = Nachrichten, die gesendet worden wären. Sie bleiben auf diesem Rechner.
mail-box-empty = Noch keine Nachrichten. Laden Sie jemanden ein, oder bitten Sie um ein neues Passwort.
mail-to = An
mail-from = Von
mail-sent = Gesendet
mail-html = Quelltext des HTML-Teils
mail-back = Alle Nachrichten
