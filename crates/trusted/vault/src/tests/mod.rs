//! One suite, run on SQLite and on PostgreSQL; files mirror the rooms' verbs.

mod archive;
mod artefact;
mod batch;
mod codes;
mod crash;
mod custody;
mod decide;
mod desk;
mod erase;
mod house;
mod job;
mod original;
mod publish;
mod receive;
mod steps;
mod strike;
mod tables;
mod twin;

hamseda_store::conformance! {
    receive {
        a_sealed_file_is_received_once,
        a_message_needs_its_bytes,
        two_pulls_of_one_file_make_one_message,
        pages_continue_where_they_ended,
    }
    job {
        no_two_workers_get_one_job,
        a_lost_lease_is_refused,
        a_renewed_lease_holds,
        a_restarted_worker_frees_its_leases,
        a_job_that_keeps_failing_is_given_up,
        a_job_that_kills_its_workers_is_given_up,
        parts_come_back,
        parts_must_have_been_kept,
        an_unreadable_message_can_be_tried_again,
    }
    decide {
        every_step_is_allowed_in_its_states_only,
        testimony_is_held_and_never_counted,
        a_message_that_must_not_count_is_not_accepted,
        a_reused_tag_is_replaced_and_recorded,
        two_reviewers_decide_once,
        many_at_once_keep_one_chain,
    }
    batch {
        a_batch_waits_for_its_floor,
        a_closed_batch_is_a_log_that_verifies,
        a_signer_that_fails_closes_nothing,
        two_closings_at_once_close_one_batch,
        only_what_a_sender_allowed_is_released,
    }
    publish {
        a_clip_gets_its_leaf_with_the_next_batch,
        a_clip_made_anew_replaces_the_old_one,
    }
    strike {
        a_withdrawn_message_leaves_nothing_behind,
        a_withdrawal_before_the_batch_leaves_no_leaf,
        a_shared_part_outlives_a_withdrawal,
        a_duplicate_is_struck_once,
    }
    codes {
        a_record_follows_its_message,
        a_withdrawn_code_is_told_so_and_then_forgotten,
        a_code_used_twice_has_one_record,
        desk_and_sender_write_to_one_another,
        records_are_handed_over_by_a_clock_that_knows_no_message,
    }
    erase {
        a_secret_takes_its_message_back_wherever_it_stands,
        a_withdrawal_that_comes_first_waits_for_its_message,
        what_a_worker_makes_of_a_message_goes_with_it,
        film_and_wall_lose_what_is_taken_back,
    }
    custody {
        custody_tells_everything_in_order,
        a_changed_event_is_found,
    }
    original {
        rule_4_an_original_is_shown_once_to_whoever_asked,
        rule_4_nobody_asks_without_a_reason_or_for_what_is_gone,
    }
    artefact {
        an_artefact_is_made_once,
        two_workers_making_one_artefact_both_succeed,
        an_artefact_without_a_row_is_taken_in,
        an_artefact_whose_file_is_gone_is_made_again,
    }
    archive {
        a_key_is_archived_once,
        a_withdrawal_destroys_the_archived_key,
        what_an_epoch_still_needs,
        a_token_counts_once,
        a_spent_token_stays_spent,
    }
    twin {
        a_pair_waits_for_a_person,
        a_settled_pair_is_not_shown_again,
        a_fingerprint_is_kept_once,
        a_withdrawal_takes_fingerprint_and_pairs,
    }
    desk {
        supporters_come_back_in_order,
        a_session_ends,
    }
    tables {
        tables_are_the_same,
        no_time_of_a_message_is_finer_than_a_day,
    }
}
