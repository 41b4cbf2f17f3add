claim-noun = پیام
claim-certified = دست‌کم، به گواهی حسابرسان
claim-logged = ثبت‌شده، حسابرسی‌نشده
claim-published = منتشرشده و قابل تماشا
claim-sentence = { $figure } { $noun }، { $standing }
