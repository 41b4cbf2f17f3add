pub(crate) fn main(_: &[String]) -> crate::shell::Res {
    Ok(())
}
