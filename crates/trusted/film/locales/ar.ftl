# Words of the film. Figures come from the tally; none is written here.
hidden-picture = الصورة محجوبة بطلب من المُرسِل.
hidden-both = الصورة والصوت محجوبان بطلب من المُرسِل.
count = عُدّوا بأنفسكم
policy = سياسة السجلّ (SHA-256)
floors = إعدادات تجريبية: دفعات من { $batch } وأماكن من { $k } تحمي أقلّ مما يجب في حملة حقيقية.
