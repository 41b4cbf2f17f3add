claim-noun = { $form ->
    [zero] رسالة
    [one] رسالة
    [two] رسالتان
    [few] رسائل
    [many] رسالة
   *[other] رسالة
}
claim-certified = على الأقل، بشهادة المدققين
claim-logged = مسجَّلة، غير مدقَّقة
claim-published = منشورة ويمكن مشاهدتها
claim-sentence = { $figure } { $noun }، { $standing }
