# Words of the film. Figures come from the tally; none is written here.
hidden-picture = تصویر به خواست فرستنده پنهان است.
hidden-both = تصویر و صدا به خواست فرستنده پنهان‌اند.
count = خودتان بشمارید
policy = سیاست‌نامهٔ دفتر ثبت (SHA-256)
floors = تنظیمات آزمایشی: دسته‌های { $batch }تایی و مکان‌های { $k }تایی کمتر از یک کارزار واقعی محافظت می‌کنند.
