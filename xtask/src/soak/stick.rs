//! A stick with 200 messages is handed over in one command.

use crate::shell::{Res, run, tool};

pub(super) fn main(_words: &[String]) -> Res {
    let test = "rule_2_a_stick_of_200_messages_is_handed_over_once";
    let mut command = tool("cargo");
    command.args(["test", "--package", "hamseda", "--test", "program", "--", "--ignored", "--nocapture", test]);
    run(&mut command)
}
