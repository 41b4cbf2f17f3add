# Words of the film. Figures come from the tally; none is written here.
hidden-picture = The picture is hidden, as the sender wished.
hidden-both = Picture and voice are hidden, as the sender wished.
count = Count it yourself
policy = Policy of the log (SHA-256)
floors = Trial settings: batches of { $batch } and places of { $k } protect less than a real campaign must.
