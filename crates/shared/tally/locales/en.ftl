claim-noun = { $form ->
    [one] message
   *[other] messages
}
claim-certified = certified by auditors, at least
claim-logged = logged, not audited
claim-published = published, can be watched
claim-sentence = { $figure } { $noun }, { $standing }
