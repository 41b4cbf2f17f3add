# The intake's pages. Short sentences, no promise that the program can't keep; the reader may be afraid and in a hurry.

title = Send a message
exit = Leave this page now
languages = Languages

questions-heading = What we ask
length = Length
length-seconds = about { $seconds } seconds
dates = Dates
dates-from-to = { $from } to { $to }
now = Today
when-before = The campaign has not begun. You can prepare your message now.
when-open = The campaign is open.
when-after = The last day has passed. A message that arrives now may come too late for the film.
day = { $date } { $month } { $year }
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

floors = This campaign lowered its own protection: a batch of the public count closes with { $batch } or more messages (usually 64), and a place is named in figures from { $k } messages on (usually 20). The smaller these numbers, the easier one message is told from the others.

before-heading = Before you record
before-seen-short = What can be seen
before-seen = Your face, tattoos, clothes, the room, the view from a window, papers, screens and other people can tell who and where you are. Leave out what you can.
before-said-short = What can be heard
before-said = Do not say names, addresses, places of work, or things that only a few people know. Voices in the background count too.
before-choice-short = How you appear is your choice
before-choice = Picture hidden, face masked, or as filmed; silent, voice altered, or as recorded. If you choose nothing, you are hidden and silent.
before-mask-short = Masks and altered voices
before-mask = In this version of the program, a message for which you ask for a mask or an altered voice is shown as a card, without picture or sound.
before-later-short = It can be used later
before-later = A filmed statement can be used against you, also against what you say in court one day. You can ask that your message is only kept as testimony: it stays sealed, is not shown and not counted.
before-others-short = Other people
before-others = Show nobody who has not agreed, and send only what is yours.
before-phone-short = Your phone
before-phone = After sending, delete the clip and the sealed file, in the bin too. “Leave this page now” does not empty your browser’s history: a private window or Tor Browser keeps none.

way-heading = What happens to your message
way-sealed = It is sealed on your own device. Only the campaign’s keys open it, and they are not on this server.
way-kept = This server keeps the sealed message without being able to open it. It stores no address, no browser, no file name, and no time finer than the day.
way-fetched = The campaign’s own machine fetches it and has this server delete its copy.
way-opened = There it is opened in a closed box without network. Picture and voice are protected as you chose before a person sees it.
way-decided = A person decides. An accepted message enters the public count, which anyone can check, and appears where you allowed it.
way-limits = What we can’t promise: whoever takes over this server could show you a false page, lose or delay messages, and see when something is sent and roughly how large it is. If much depends on it, get the program from people you trust, use Tor, and compare the digits below.

send-heading = How to send
send-how = A message is sealed and sent with the program hamseda in a terminal. Never send a clip that is not sealed: this server refuses it.
send-expired = The key set ran out on { $day }. Do not seal with it; ask the campaign for the new one.
send-program = Get the program from somewhere other than this server, and check it:
send-keyset = Save the campaign’s key set:
send-seal = Seal your clip. The name of the sealed file should say nothing.
send-choices = Your choices go with this command; the last of these options explains the others:
send-send = Send it, best through Tor:
send-cut = If the line is cut, run the same command again: what has arrived is safe, and only the rest is sent.
send-receipt = Keep the receipt that was printed when you sealed. It says nothing about you; with it you can later see that your message is counted.

keys-heading = The key set, in digits
keys-compare = These digits must be the same wherever the campaign shows them: on paper, in its log, from people you trust. If they differ, do not send: this page may be false.
keys-until = Valid until { $day }.
keys-check = The file you saved has the same digits:

program-heading = Check the program
program-elsewhere = A server that wants to harm you would also give you a false program. Compare the program’s digits with those from a second source, such as somebody who built it:
program-build = Or build it yourself from the source code:

missing-heading = There is nothing here
missing-text = The address may have been cut off or mistyped. Nothing you sent is lost because of it.
missing-link = To the campaign’s page

foot-plain = No script, no cookies, nothing from other servers. Nothing of this page should stay on your device.
foot-licence = Hamseda is free software (AGPL-3.0-or-later). What this page says of the campaign is in this file:
