//! Where any group stands, asked through librdkafka's ListConsumerGroupOffsets (Kafka's OffsetFetch),
//! which rdkafka wraps in nothing safe. One client asks for many groups at once, and needs the right to
//! describe them only; a consumer for each group would cost threads and connections a group.
#![allow(unsafe_code)] // the calls of librdkafka, in this file alone

use super::context::Quiet;
use crate::Fault;
use rdkafka::bindings as rd;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char};
use std::time::{Duration, Instant};

/// Answers that are waited for at once.
const AT_ONCE: usize = 100;

/// A committed position: topic with its namespace, partition, next offset.
pub(super) type Position = (String, i32, i64);
/// A group with its positions, or with why the broker doesn't tell them.
type Answer = (String, Result<Vec<Position>, String>);

/// The committed positions of each group, or why the broker doesn't tell. A group that didn't answer in
/// time is missing.
///
/// # Errors
/// Data when a name holds a NUL byte.
pub(super) fn committed(
    client: &BaseConsumer<Quiet>,
    groups: &[String],
    timeout: Duration,
) -> Result<BTreeMap<String, Result<Vec<Position>, String>>, Fault> {
    let names: Vec<CString> = groups
        .iter()
        .map(|group| CString::new(group.as_str()))
        .collect::<Result<_, _>>()
        .map_err(|_| Fault::data("a group's name holds a NUL byte"))?;
    let deadline = Instant::now() + timeout;
    let mut found = BTreeMap::new();
    for names in names.chunks(AT_ONCE) {
        let asking = Asking::of(client, timeout);
        for name in names {
            asking.ask(name);
        }
        for _ in names {
            let left = deadline.saturating_duration_since(Instant::now());
            match asking.answer(left) {
                Some(answers) => found.extend(answers),
                None => return Ok(found),
            }
        }
    }
    Ok(found)
}

/// A queue of answers with the options of its questions. Freed before the client, which it borrows.
struct Asking<'a> {
    client: &'a BaseConsumer<Quiet>,
    options: *mut rd::rd_kafka_AdminOptions_t,
    queue: *mut rd::rd_kafka_queue_t,
}

impl<'a> Asking<'a> {
    fn of(client: &'a BaseConsumer<Quiet>, timeout: Duration) -> Self {
        let handle = client.client().native_ptr();
        let milliseconds = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        let mut reason = [0 as c_char; 256];
        // SAFETY: the handle lives as long as the client we borrow; both objects are freed in `drop`.
        unsafe {
            let options = rd::rd_kafka_AdminOptions_new(
                handle,
                rd::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
            );
            // A timeout outside librdkafka's range leaves its default, which the queue's own wait bounds.
            rd::rd_kafka_AdminOptions_set_request_timeout(
                options,
                milliseconds,
                reason.as_mut_ptr(),
                reason.len(),
            );
            Self {
                client,
                options,
                queue: rd::rd_kafka_queue_new(handle),
            }
        }
    }

    fn ask(&self, group: &CStr) {
        // SAFETY: librdkafka copies the name, and the request before it is freed here; no partitions
        // (NULL) means all that the group has a position in.
        unsafe {
            let mut request = rd::rd_kafka_ListConsumerGroupOffsets_new(group.as_ptr(), std::ptr::null());
            rd::rd_kafka_ListConsumerGroupOffsets(
                self.client.client().native_ptr(),
                &mut request,
                1,
                self.options,
                self.queue,
            );
            rd::rd_kafka_ListConsumerGroupOffsets_destroy(request);
        }
    }

    fn answer(&self, patience: Duration) -> Option<Vec<Answer>> {
        let milliseconds = i32::try_from(patience.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: what the result points to lives as long as its event, which is freed after all of it
        // was copied. Without an error on the event librdkafka sets the list of groups.
        unsafe {
            let event = rd::rd_kafka_queue_poll(self.queue, milliseconds);
            if event.is_null() {
                return None;
            }
            let result = rd::rd_kafka_event_ListConsumerGroupOffsets_result(event);
            let mut answers = Vec::new();
            if !result.is_null() {
                let mut count = 0;
                let groups = rd::rd_kafka_ListConsumerGroupOffsets_result_groups(result, &mut count);
                for at in 0..count {
                    answers.push(group(*groups.add(at)));
                }
            }
            rd::rd_kafka_event_destroy(event);
            Some(answers)
        }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        // SAFETY: made in `of`, freed once.
        unsafe {
            rd::rd_kafka_queue_destroy(self.queue);
            rd::rd_kafka_AdminOptions_destroy(self.options);
        }
    }
}

/// One group's answer, copied.
///
/// # Safety
/// `answer` must point to a result of an event that isn't freed yet.
unsafe fn group(answer: *const rd::rd_kafka_group_result_t) -> Answer {
    // SAFETY: the caller's promise; names are NUL-terminated, and an absent list or error is NULL.
    unsafe {
        let text = |pointer: *const c_char| CStr::from_ptr(pointer).to_string_lossy().into_owned();
        let name = text(rd::rd_kafka_group_result_name(answer));
        let error = rd::rd_kafka_group_result_error(answer);
        if !error.is_null() {
            return (name, Err(text(rd::rd_kafka_error_string(error))));
        }
        let list = rd::rd_kafka_group_result_partitions(answer);
        if list.is_null() || (*list).cnt <= 0 {
            return (name, Ok(Vec::new()));
        }
        let elements = std::slice::from_raw_parts((*list).elems, (*list).cnt as usize);
        let committed = elements
            .iter()
            .filter(|element| element.offset >= 0)
            .map(|element| (text(element.topic), element.partition, element.offset));
        (name, Ok(committed.collect()))
    }
}
