# Texte der E-Mails. $date ist ein mit `date-time` ausgeschriebener Zeitpunkt.

greeting = Guten Tag { $name },
greeting-nobody = Guten Tag,
date-time = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $time } Uhr (UTC)
link-copy = Falls die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:

role-read-only = Nur lesen (Sie können Einträge ansehen)
role-standard = Standard (Sie können Einträge ansehen und bearbeiten)
role-manager = Verwaltung (Sie können auch Benutzer und deren Rechte verwalten)
role-owner = Inhaber (alles liegt in Ihren Händen, auch die Abrechnung)

invitation-subject = { $inviter } hat Sie zu { $account } eingeladen
invitation-subject-account = { $account } hat Sie zu { $application } eingeladen
invitation-intro = { $inviter } hat Sie eingeladen, { $account } in { $application } beizutreten.
invitation-intro-account = { $account } hat Sie eingeladen, { $application } zu nutzen.
invitation-role = Ihre Rolle: { $role }.
invitation-message = Eine Nachricht von { $inviter }:
invitation-message-account = Eine Nachricht von { $account }:
invitation-action = Einladung ansehen
invitation-expires = Sie können sie bis zum { $date } annehmen.
invitation-unexpected = Falls Sie sie nicht erwartet haben, können Sie diese E-Mail ignorieren: Es geschieht nichts, bis Sie annehmen.

invitation-asked-subject = { $name } bittet um eine neue Einladung zu { $account }
invitation-asked-intro = Die Einladung zu { $account } an { $address } ist am { $date } abgelaufen, ohne angenommen zu werden. { $name } hat ihren Link geöffnet und bittet um eine neue.
invitation-asked-next = Wenn { $name } noch beitreten soll, senden Sie die Einladung erneut. Wenn nicht, ist nichts zu tun.

password-reset-subject = Neues Passwort festlegen
password-reset-intro = Für { $address } wurde ein neues Passwort angefordert.
password-reset-action = Neues Passwort festlegen
password-reset-expires = Der Link funktioniert einmal, bis zum { $date }.
password-reset-unexpected = Falls Sie das nicht waren, können Sie diese E-Mail ignorieren: Ihr Passwort bleibt, wie es ist.

password-changed-subject = Ihr Passwort wurde geändert
password-changed-intro = Das Passwort für { $address } wurde am { $date } geändert. Überall sonst, wo Sie angemeldet waren, sind Sie jetzt abgemeldet.
password-changed-unexpected = Falls Sie das nicht waren, legen Sie jetzt ein neues Passwort fest und informieren Sie Ihre Verwaltung.
password-changed-action = Neues Passwort festlegen

address-code-subject = Ihr Code für { $account }
address-code-intro = Geben Sie diesen Code ein, um zu bestätigen, dass { $address } Ihnen gehört, und um die Einladung zu { $account } anzunehmen:
address-code-expires = Der Code funktioniert einmal, bis zum { $date }.
address-code-unexpected = Falls Sie ihn nicht angefordert haben, können Sie diese E-Mail ignorieren. Geben Sie den Code niemandem weiter.
