# Around every page
skip = Skip to the content
nav-label = Pages
nav-film = Film
nav-messages = Messages
nav-wall = Wall
nav-supporters = Supporters
nav-call = Take part
nav-verify = Count it yourself
nav-about = About
langs-label = Languages
home = Home
floors = Protection is lowered in this campaign: a batch closes at { $batch }, a place is named from { $k } (usual: { $batch-usual } and { $k-usual }). Do not use these settings where anybody is at risk.
foot-free = Made with Hamseda, free software under the AGPL 3.0. This site asks nobody else for anything: no third party, no cookie, no counter.
foot-feed = Feed
foot-manifest = List of all files with their hashes, signed
foot-root = Log root
choose-title = { $slogan } – choose a language

# Hero and home
claim-none = The first batch of messages has not been closed yet.
claim-how = how we know
watch-film = Watch the film
send-message = How to take part
pause = Pause the wall
play = Move the wall
wall-alt = The wall: one tile for each published message
film = The film
film-text = Voices from { $country }, with faces and voices protected as each person asked, beside friends abroad who sign with their names.
film-download = Download ({ $size })
film-none = The film is being made. It appears here when the first messages may be shown.
messages-some = Listen to some of them
messages-some-text = Each person decided how to be seen and heard. Where no face shows, that was the choice that kept somebody safe.
messages-all = All messages
supporters-title = They stand with them
supporters-text = Friends abroad sign with name, role and country. They have confirmed their words.
supporters-all = All supporters
supporters-none = Nobody abroad has signed yet. Supporters' words appear here with name, role and country.
places-title = Where they speak from
places-caption = Published messages by the place their senders gave
places-place = Place
places-share = Share
places-figure = Messages
places-note = A place is named when at least { $k } published messages come from it. Smaller places are joined with their neighbours, so that nobody can be singled out.
place-elsewhere = Elsewhere in { $province }
place-rest = Elsewhere in { $country }, or no place given
count-title = Don’t believe us. Count.
count-text = Every accepted message has an entry in a public log. The log holds no name, no face and no place, and it can’t be changed unseen. Recount it in your browser, or with one command:
count-link = Count it yourself
call-title = Take part
call-band = Are you in { $country }, and do you want to speak?

# Messages
messages-title = Messages
messages-lead = In an order that says nothing of when they came.
messages-none = No message is published yet. Messages appear in groups, some time after they were accepted, so that nobody can tell when one was sent.
messages-page = Page { $page } of { $pages }
page-next = Next page
page-previous = Previous page
message-title = A message from { $place }
message-title-by = { $name }, { $place }
message-next = Next message
message-previous = Previous message
message-language = Language
message-place = Place
message-picture = Picture
message-voice = Voice
message-length = Length
picture-hide = Hidden, as the sender asked
picture-mask = Face masked, as the sender asked
picture-show = Shown, as the sender asked
voice-mute = Not heard, as the sender asked
voice-alter = Altered, as the sender asked
voice-keep = As recorded, as the sender asked
message-download = Download this message ({ $size })
message-log = This message in the log
message-log-text = The log commits to this file. With the salt below, anybody can check that it is the file that was published; when it is taken down, the salt goes with it and the entry says nothing any more.
message-leaf = Entry
message-salt = Salt
message-sha256 = SHA-256 of the file
message-proof = Proof that the entry stands in the log
message-proof-line = Entry { $leaf } among the first { $size }; root
video-fallback = Your browser does not play this video.
duration = { $time } min
all-messages = All messages

# Wall
wall-title = The wall
wall-lead = One tile for each published message. Tiles are drawn by lot anew at every change, so that a place on the wall says nothing.
wall-none = The wall appears here with the first published messages.
wall-open = Open the whole picture
wall-film = Moving wall
wall-zoom = Size
wall-zoom-1 = Whole
wall-zoom-2 = Larger
wall-zoom-4 = Largest

# Supporters
supporters-page = Supporters

# Call
call-questions = What to speak about
call-length = About { $seconds } seconds are enough.
call-dates = Open from { $opens } to { $closes }.
call-how = How to send safely
call-step-1 = Decide first whether it is worth it. Think of everybody who could be recognised: by face, voice, clothes, the room, a view from a window, a sound outside.
call-step-2 = Record where nobody hears you, on a device you trust. Keep names, addresses and work out of it, yours and others’.
call-step-3 = Open the sending page through Tor Browser or another way past the network watch. The page seals your message on your own device: on the way and on the receiving server nobody can open it, not even us.
call-step-4 = Choose how you are seen and heard. The safest choice is chosen already: no picture, no voice.
call-step-5 = Copy the receipt by hand. With it you can see that your message is counted; you can take the message back with your code.
call-step-6 = Delete the recording, also from “recently deleted”, and close the page.
call-where = Where to send
call-address = The sending page:
call-no-address = Ask somebody you trust for the address of the sending page. Compare it with a second person before you use it.
call-key = Before you send, compare the first and last groups of this key with what the sending page shows. If they differ, do not send.
call-not-for = When not to send
call-not-for-text = If your device may be in somebody else’s hands, if you are watched right now, or if being recognised could cost you or others more than you are ready to give: do not send. Silence is nobody’s fault.

# Verify
verify-title = Count it yourself
verify-lead = You need not trust the organisers for the number. Everything needed to recount it lies in this site.
verify-log-empty = No batch has been closed yet, so there is nothing to count. The log appears here with the first batch.
verify-here = In this page
verify-here-text = Your browser reads the log, checks its signature and every hash in it, and counts. Nothing leaves your device.
verify-start = Recount now
verify-noscript = Scripts are off in this browser. The command below counts the same files.
verify-wait = Counting…
verify-good = The log is complete and signed, and the number is right.
verify-bad = Something does not fit. Do not trust this copy; compare it with another mirror and tell people about it.
verify-failed = The log could not be read here. The command below counts the same files.
verify-accepted = Accepted
verify-uninvited = Accepted without an invite
verify-withdrawn = Taken back
verify-duplicate = Found twice
verify-canary = Test messages
verify-net = Counted
verify-published = Published clips
verify-entries = Entries in the log
verify-receipt = Is my message in it?
verify-receipt-text = Type the receipt you copied when you sent. The check runs on your device, against the whole list: nobody learns which receipt you asked about. Any listed receipt works, also somebody else’s, so a receipt proves nothing about you.
verify-receipt-label = Receipt, 14 digits
verify-receipt-check = Check
verify-receipt-yes = Yes. A message with this receipt is counted.
verify-receipt-no = Not in this copy of the log. Accepted messages appear when their batch closes; look again later.
verify-receipt-bad = A receipt has 14 digits. Please compare what you typed.
verify-command = With one command
verify-command-text = On any computer, also without network, with this site copied to a folder:
verify-tools = The log is in the open formats of C2SP (tlog-tiles, signed notes), so other people’s tools read it too.
verify-files = The files
verify-file-checkpoint = Signed head of the log
verify-file-policy = Policy: keys, witnesses and floors
verify-file-tags = All receipts, as a list
verify-file-published = Published clips and their entries
verify-facts = The log at this moment
verify-origin = Name
verify-key = Key
verify-size = Entries
verify-root = Root
verify-policy = SHA-256 of the policy
verify-keyset = Hash of the sealing keys
verify-keyset-epoch = Epoch { $epoch }, to { $day }
verify-floor = Accepted messages a batch needs
verify-floor-value = { $batch } or more
verify-k = A place is named from
verify-witnesses = Witnesses
verify-witnesses-none = None yet: only the organisers’ key signs the log. Compare the root with the one other people hold.

# About
about-title = What this is, and what it can’t prove
about-lead = { $slogan } collects short video messages from people who take a severe risk by speaking, protects them, and counts them honestly.
about-how = How a message comes here
about-how-1 = It is sealed on the sender’s own device. The public server can’t open it and keeps no name, address or hour.
about-how-2 = It is opened only on a machine behind a door, inside a sandbox without network, and made anew: no byte of the original is published.
about-how-3 = Face and voice are hidden, altered or kept as the sender chose. Nothing is shown that the sender did not allow.
about-how-4 = Reviewers accept, hold or reject it; where a rule does so for them, that is recorded. What is accepted goes into the public log, without anything that tells who, where or when.
about-cant = What can’t be proved
about-cant-1 = That a message is true.
about-cant-2 = That two messages come from two persons. We count messages, never people.
about-cant-3 = That no message is made by a machine.
about-cant-4 = Anything at all, if organisers, auditors and witnesses all lie together.
about-words = What the words beside a number mean
about-logged = Logged, not audited: so many entries stand in the public log. Nobody independent has opened a sample yet.
about-published = Published: so many clips can be watched here.
about-certified = Certified: auditors opened a random sample and signed that there are at least so many.
about-who-not = Who should not use this
about-who-not-text = Anybody for whom being recognised means more than they are ready to risk. Masks, altered voices and seals lower a risk; they don’t end it. Clothes, a room, a way of speaking can be enough for somebody who knows you.
about-mirror = Copies of this site
about-mirror-text = This site is a folder of files. It works from a memory stick, without network and without script. Its list of files is signed with the key of the log, so that a copy can be checked:
feed-count = The log now says: { $sentence }.
feed-film = The film has changed.

# Dates, lengths and sizes
date = { $day } { $month } { $year }
month = { $number ->
    [m1] January
    [m2] February
    [m3] March
    [m4] April
    [m5] May
    [m6] June
    [m7] July
    [m8] August
    [m9] September
    [m10] October
    [m11] November
   *[m12] December
}
size-mb = { $n } MB
size-kb = { $n } kB
